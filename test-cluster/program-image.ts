import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { runProgram } from '../toolchain/program.ts';
import type { ClusterPlaces } from './places.ts';

/**
 * The programs of ours that run in pods. Each is linked statically, so its image holds nothing
 * else.
 */
export const POD_PROGRAMS = ['pause', 'coredns', 'metrics-server'] as const;
type PodProgram = (typeof POD_PROGRAMS)[number];

/** The reference that pods name. In full: containerd, unlike `docker`, completes nothing. */
export const programImage = (program: PodProgram): string =>
  `docker.io/spywatcher/${program}:cluster`;

/** Makes an image of one program and returns its archive, in the format of `docker save`. */
export async function archiveProgram(places: ClusterPlaces, program: PodProgram): Promise<string> {
  const folder = join(places.images, program);
  const file = (name: string): string => join(folder, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(file('root/tmp'), { recursive: true });
  copyFileSync(join(places.binaries, program), file(`root/${program}`));
  await tar([
    '--create',
    '--file',
    file('layer.tar'),
    '--directory',
    file('root'),
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=a+rX',
    '.',
  ]);
  const layer = createHash('sha256')
    .update(await readFile(file('layer.tar')))
    .digest('hex');
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: [`/${program}`], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created_by: `spywatcher: ${program}` }],
  };
  writeFileSync(file('config.json'), JSON.stringify(config));
  writeFileSync(
    file('manifest.json'),
    JSON.stringify([
      { Config: 'config.json', RepoTags: [programImage(program)], Layers: ['layer.tar'] },
    ]),
  );
  const archive = `${folder}.tar`;
  await tar([
    '--create',
    '--file',
    archive,
    '--directory',
    folder,
    'manifest.json',
    'config.json',
    'layer.tar',
  ]);
  rmSync(folder, { recursive: true });
  return archive;
}

const tar = (args: readonly string[]): Promise<unknown> => runProgram('tar', args);
