import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../toolchain/program.ts';
import { type ClusterPlaces, clusterPlaces } from './places.ts';
import { archiveProgram } from './program-image.ts';

/** The cluster runs on Linux only, and the archive is made with its tar. */
const onLinux = process.platform === 'linux' ? test : test.skip;

let folder: string;
let places: ClusterPlaces;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-image-'));
  places = clusterPlaces(join(folder, 'cluster'));
  mkdirSync(places.binaries, { recursive: true });
  writeFileSync(join(places.binaries, 'pause'), 'the program');
  chmodSync(join(places.binaries, 'pause'), 0o700);
});
afterEach(() => rmSync(folder, { recursive: true }));

const readJson = <Content>(file: string): Content =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as Content;

onLinux('the archive holds an image that starts the program, which any user may do', async () => {
  await runProgram('tar', [
    '--extract',
    '--file',
    await archiveProgram(places, 'pause'),
    '--directory',
    folder,
  ]);
  const [image] =
    readJson<{ Config: string; RepoTags: string[]; Layers: string[] }[]>('manifest.json');
  expect(image?.RepoTags).toEqual(['docker.io/spywatcher/pause:cluster']);
  const [layer = ''] = image?.Layers ?? [];
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, layer)))
    .digest('hex');
  expect(readJson(image?.Config ?? '')).toMatchObject({
    os: 'linux',
    config: { Entrypoint: ['/pause'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  });
  const { stdout } = await runProgram('tar', [
    '--list',
    '--verbose',
    '--numeric-owner',
    '--file',
    join(folder, layer),
    './pause',
  ]);
  expect(stdout).toMatch(/^-rwxr-xr-x 0\/0 +11 .*\.\/pause$/m);
});
