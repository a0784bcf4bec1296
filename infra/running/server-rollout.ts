import { setTimeout as sleep } from 'node:timers/promises';
import type { V1StatefulSet } from '@kubernetes/client-node';
import { openClusterApi, type Whereabouts } from './cluster-api.ts';

const LOOK_EVERY_MS = 1_000;

/**
 * Waits until the pod of a server is the one that was asked for, and ready. Pulumi's provider is satisfied by what it finds
 * before the controller has looked: a pod that is about to be replaced.
 * @throws {Error} when that takes longer than the given time.
 */
export async function untilServerRuns(
  whereabouts: Whereabouts,
  name: string,
  withinSeconds: number,
): Promise<void> {
  const { apps, namespace } = openClusterApi(whereabouts);
  for (const givenUpAtMs = Date.now() + withinSeconds * 1_000; ; await sleep(LOOK_EVERY_MS)) {
    if (isRolledOut(await apps.readNamespacedStatefulSet({ namespace, name }))) return;
    if (Date.now() > givenUpAtMs)
      throw new Error(
        `${name} does not run as planned after ${withinSeconds} s: ${name}-0 is not ready`,
      );
  }
}

export function isRolledOut({ metadata, spec, status }: V1StatefulSet): boolean {
  const {
    observedGeneration = 0,
    updateRevision,
    currentRevision,
    updatedReplicas = 0,
    readyReplicas = 0,
  } = status ?? {};
  const wanted = spec?.replicas ?? 1;
  return (
    observedGeneration >= (metadata?.generation ?? 0) &&
    currentRevision === updateRevision &&
    updatedReplicas === wanted &&
    readyReplicas === wanted
  );
}
