// Runs inside the node as one of the cluster's processes: makes a volume for each claim of the
// storage class and removes it with the claim. A volume is a file with a file system of its own, so
// it has the size that it says, can be full, and disturbs no other. Arguments: the API server, the
// folder of the certificates, the folder for the volumes.
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isEntry } from '../toolchain/entry.ts';
import { runProgram, tryProgram } from '../toolchain/program.ts';
import { type ApiClient, openApiClient } from './api-client.ts';
import {
  type Claim,
  planVolumes,
  readBytes,
  type Volume,
  volumeFor,
  volumeName,
} from './volume-plan.ts';

const PAUSE_MS = 500;
const VOLUMES = '/api/v1/persistentvolumes';

async function provision(api: ApiClient, folder: string): Promise<void> {
  const [{ items: claims }, { items: volumes }] = await Promise.all([
    api.get<{ items: Claim[] }>('/api/v1/persistentvolumeclaims'),
    api.get<{ items: Volume[] }>(VOLUMES),
  ]);
  const stored = readdirSync(folder)
    .filter((file) => file.endsWith('.ext4'))
    .map((file) => file.slice(0, -'.ext4'.length));
  const plan = planVolumes({ claims, volumes, stored });
  for (const claim of plan.create) {
    console.log(
      `making ${volumeName(claim.metadata.uid)} for ` +
        `${claim.metadata.namespace}/${claim.metadata.name}`,
    );
    await api.post(VOLUMES, volumeFor(claim, await store(folder, claim)));
  }
  for (const name of plan.remove) {
    console.log(`removing ${name}`);
    await api.delete(`${VOLUMES}/${name}`);
    await discard(folder, name);
  }
}

/**
 * Makes the file system and returns where it is mounted. What an interrupted attempt has left is
 * made anew.
 */
async function store(folder: string, { metadata, spec }: Claim): Promise<string> {
  const name = volumeName(metadata.uid);
  await discard(folder, name);
  const file = join(folder, `${name}.ext4`);
  const mountPoint = join(folder, name);
  await runProgram('truncate', [`--size=${readBytes(spec.resources.requests.storage)}`, file]);
  // Sparse, and kept so: neither mkfs nor the kernel fills what nobody has written.
  await runProgram('mkfs.ext4', [
    '-q',
    '-F',
    '-m',
    '0',
    '-E',
    'nodiscard,lazy_itable_init=1,lazy_journal_init=1',
    file,
  ]);
  mkdirSync(mountPoint);
  await runProgram('mount', ['-o', 'loop,noinit_itable', file, mountPoint]);
  rmdirSync(join(mountPoint, 'lost+found'));
  return mountPoint;
}

async function discard(folder: string, name: string): Promise<void> {
  const mountPoint = join(folder, name);
  if ((await tryProgram('mountpoint', ['--quiet', mountPoint])).code === 0)
    await runProgram('umount', [mountPoint]);
  rmSync(mountPoint, { recursive: true, force: true });
  rmSync(join(folder, `${name}.ext4`), { force: true });
}

if (isEntry(import.meta.filename)) {
  const [server = '', certificates = '', folder = ''] = process.argv.slice(2);
  const api = openApiClient({ server, certificates, identity: 'admin' });
  for (;;) {
    try {
      await provision(api, folder);
    } catch (error) {
      // The API server may be busy, or not up yet: the next round tries again.
      console.error((error as Error).message);
    }
    await sleep(PAUSE_MS);
  }
}
