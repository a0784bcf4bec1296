import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../toolchain/lock.mjs';
import { removeCgroups } from './cgroups.ts';
import { restoreKernelSettings } from './kernel-settings.ts';
import { removeMountPoints } from './mount-points.ts';
import { NODE, NODE_PARENT } from './node-namespaces.ts';
import { type ClusterPlaces, clusterPlaces } from './places.ts';
import { findRunning, recordedNames } from './process-record.ts';
import { until } from '../toolchain/until.ts';

const END_DEADLINE_MS = 30_000;

/**
 * Ends the cluster and removes all that was in it, volumes included. Does nothing where there is
 * none.
 */
export async function stopCluster(): Promise<void> {
  const places = clusterPlaces();
  await withLock(
    join(places.root, 'cluster.lock'),
    (line: string) => process.stderr.write(`${line}\n`),
    () => removeCluster(places),
  );
}

/** As `stopCluster`, for who holds the lock. */
export async function removeCluster(places: ClusterPlaces): Promise<void> {
  if (!existsSync(places.state)) return;
  // With the first process of their namespace the kernel ends all others, and waits for them: pods,
  // their shims, and the cluster's own. Its parent fetches it and ends; that one is killed itself
  // only where a start was interrupted before the first was recorded.
  const first = findRunning(places.processes, NODE) ?? findRunning(places.processes, NODE_PARENT);
  if (first !== undefined) process.kill(first.pid, 'SIGKILL');
  const left = (): string[] =>
    recordedNames(places.processes).filter(
      (name) => findRunning(places.processes, name) !== undefined,
    );
  await until(() => (left().length === 0 ? true : undefined), {
    deadlineMs: END_DEADLINE_MS,
    what: "the end of the cluster's processes",
    explain: () =>
      Promise.resolve(`Still there: ${left().join(', ')}; their ids are in ${places.processes}.`),
  });
  removeCgroups(places);
  restoreKernelSettings(places);
  removeMountPoints();
  rmSync(places.kubeconfig, { force: true });
  rmSync(places.state, { recursive: true, force: true });
}
