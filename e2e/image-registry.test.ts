import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImages } from '../tools/images/image-build.ts';
import { pullImage, pushImage, type RegistryImage } from '../tools/images/image-registry.ts';
import { pullNamedImages } from '../tools/images/named-images.ts';
import { docker, dockerOutput, inspect, TEST_LABEL } from './docker.ts';
import { type ImageStore, openImageStore } from './image-store.ts';

let store: ImageStore;
let folder: string;
/** An empty image that no other run has. */
let local: string;
let there: RegistryImage;

beforeEach(async () => {
  store = await openImageStore();
  folder = mkdtempSync(join(tmpdir(), 'image-registry-'));
  local = `spywatcher-registry-${process.pid}/empty`;
  there = {
    repository: `${store.address}/team/empty`,
    tag: 'abc',
    env: process.env,
    report: () => undefined,
  };
  execFileSync('tar', [
    '--create',
    '--file',
    join(folder, 'empty.tar'),
    '--files-from',
    '/dev/null',
  ]);
  await dockerOutput(
    'import',
    '--change',
    `LABEL ${TEST_LABEL} scope=${folder}`,
    join(folder, 'empty.tar'),
    local,
  );
});
afterEach(async () => {
  const names = (await dockerOutput('images', '--format', '{{.Repository}}:{{.Tag}}'))
    .split('\n')
    .filter((name) => name.startsWith(`${store.address}/`) || name.startsWith(`${local}:`));
  if (names.length > 0) await docker('rmi', '--force', ...names);
  store.close();
  rmSync(folder, { recursive: true });
});

test('a pushed image is named by its digest there, which brings it back', async () => {
  const reference = await pushImage(local, there);
  expect(reference).toBe(
    `${there.repository}@${store.manifests.get('team/empty:abc')?.digest ?? ''}`,
  );
  const id = await inspect(local, '{{.Id}}');
  await dockerOutput('rmi', local, `${there.repository}:abc`);
  await dockerOutput('pull', reference);
  expect(await inspect(reference, '{{.Id}}')).toBe(id);
  await dockerOutput('rmi', reference);
});

test('an image that is there keeps its digest; a missing one is no failure', async () => {
  const told: string[] = [];
  const telling = { ...there, report: (line: string) => void told.push(line) };
  expect(await pullImage(telling)).toBeUndefined();
  expect(told.at(-1)).toMatch(/:abc cannot be pulled: .*manifest/);
  const reference = await pushImage(local, there);
  await dockerOutput('rmi', `${there.repository}:abc`);
  expect(await pullImage(there)).toBe(reference);
});

test('a registry that gives no answer is a failure, not a missing image', async () => {
  store.close();
  await expect(pullImage(there)).rejects.toThrow(
    /Docker cannot find out whether .*:abc exists: .*refused/,
  );
});

test('a private image needs a login, and without it the setting is named', async () => {
  store.askFor('somebody', 'a password');
  const env = { ...process.env, DOCKER_CONFIG: join(folder, 'docker') };
  // As docker login leaves it.
  mkdirSync(env.DOCKER_CONFIG);
  writeFileSync(
    join(env.DOCKER_CONFIG, 'config.json'),
    JSON.stringify({
      auths: { [store.address]: { auth: Buffer.from('somebody:a password').toString('base64') } },
    }),
  );
  const reference = await pushImage(local, { ...there, env });
  await dockerOutput('rmi', '--force', local, `${there.repository}:abc`);
  const pull = (by: NodeJS.ProcessEnv) =>
    pullNamedImages({
      images: { app: reference, redis: undefined },
      env: by,
      report: () => undefined,
    });
  const stranger = { ...process.env, DOCKER_CONFIG: join(folder, 'nobody') };
  await expect(pull(stranger)).rejects.toThrow(
    new RegExp(
      `^images\\.app: got ${reference}, which Docker cannot pull: .*\\nLog in to its registry`,
    ),
  );
  await pull(env);
  expect(await inspect(reference, '{{json .RepoDigests}}')).toContain(reference);
  // It is there by now, so nobody has to be logged in.
  await pull(stranger);
  await dockerOutput('rmi', reference);
});

test('a registry that lets nobody write is a failure with its words', async () => {
  store.refuse();
  await expect(pushImage(local, there)).rejects.toThrow(/docker push .*\n(.*\n)*.*denied/);
});

test('an image is named by its tag until it is pushed, once, then by its digest', async () => {
  const address = `${store.address}/team`;
  const before = (await buildImages(['redis'], { address, missing: 'name' })).images;
  expect(before.redis).toMatch(new RegExp(`^${address}/redis:[0-9a-f]{12}$`));
  expect(store.manifests.size).toBe(0);
  const pushed = (await buildImages(['redis'], { address, missing: 'push' })).images;
  expect(pushed.redis).toMatch(new RegExp(`^${address}/redis@sha256:[0-9a-f]{64}$`));
  expect([...store.manifests.keys()].sort()).toEqual(
    [before.redis, pushed.redis].map((name) => name.slice(store.address.length + 1)).sort(),
  );
  store.refuse();
  expect((await buildImages(['redis'], { address, missing: 'push' })).images).toEqual(pushed);
  expect((await buildImages(['redis'], { address, missing: 'name' })).images).toEqual(pushed);
}, 600_000);
