import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { removeCgroups } from './cgroups.ts';
import { restoreKernelSettings } from './kernel-settings.ts';
import { findNode, MOUNT_POINTS } from './node-namespaces.ts';
import { type ClusterPlaces, clusterPlaces } from './places.ts';
import { isRunning, readRecord, recordedNames } from './process-record.ts';
import { until } from './until.ts';

const END_DEADLINE_MS = 30_000;

/** Ends the cluster and removes all that was in it, volumes included. Does nothing where there is none. */
export async function stopCluster(): Promise<void> {
  const places = clusterPlaces();
  await withLock(join(places.root, 'cluster.lock'), (line: string) => process.stderr.write(`${line}\n`), () => removeCluster(places));
}

/** As `stopCluster`, for who holds the lock. */
export async function removeCluster(places: ClusterPlaces): Promise<void> {
  if (!existsSync(places.state)) return;
  const node = findNode(places);
  // With the first process of their namespace the kernel ends all others, and waits for them: pods, their shims, and the cluster's own.
  if (node !== undefined) process.kill(node.pid, 'SIGKILL');
  const left = (): string[] => recordedNames(places.processes).filter((name) => {
    const record = readRecord(places.processes, name);
    return record !== undefined && isRunning(record);
  });
  await until(() => (left().length === 0 ? true : undefined), { deadlineMs: END_DEADLINE_MS, what: 'the end of the processes of the cluster' });
  removeCgroups();
  restoreKernelSettings(places);
  for (const folder of MOUNT_POINTS) if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  rmSync(places.kubeconfig, { force: true });
  rmSync(places.state, { recursive: true, force: true });
}
