import type { V1StatefulSet } from '@kubernetes/client-node';
import { type ClusterRef, openClusterApi } from './cluster-api.ts';
import { until } from './until.ts';

/**
 * Waits until the pod of a server is the one that was asked for, and ready. Pulumi's provider is
 * satisfied by what it finds before the controller has looked: a pod that is about to be replaced.
 * @throws {Error} when that takes longer than the given time.
 */
export async function untilServerRuns(
  cluster: ClusterRef,
  name: string,
  withinSeconds: number,
): Promise<void> {
  const { apps, namespace } = openClusterApi(cluster);
  await until(
    async () =>
      isRolledOut(await apps.readNamespacedStatefulSet({ namespace, name })) ? true : undefined,
    {
      deadlineMs: withinSeconds * 1_000,
      what: `${name} to run as planned`,
      explain: () => [`${name}-0 is not ready`],
    },
  );
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
