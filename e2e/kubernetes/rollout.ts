import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../until.ts';
import { type ClusterStack, podName, readyPods } from './cluster-stack.ts';

const EVICTED_WITHIN_MS = 120_000;

/** Waits until this many pods of the component are ready and none is on its way out. */
export async function untilSettled(
  stack: ClusterStack,
  component: 'app' | 'pgbouncer',
  count: number,
): Promise<void> {
  const { core, namespace } = stack.api;
  const look = async () => ({
    ready: (await readyPods(stack.api, component)).length,
    all: (
      await core.listNamespacedPod({
        namespace,
        labelSelector: `app.kubernetes.io/component=${component}`,
      })
    ).items.length,
  });
  await until(look, ({ ready, all }) => ready === count && all === count);
}

/**
 * Deletes one pod as a person would, with its grace period, and waits until another one has taken
 * its place.
 */
export async function deletePod(
  stack: ClusterStack,
  component: 'app' | 'pgbouncer',
): Promise<void> {
  const pods = await readyPods(stack.api, component);
  await stack.api.core.deleteNamespacedPod({
    namespace: stack.api.namespace,
    name: podName(pods[0] ?? {}),
  });
  await untilSettled(stack, component, pods.length);
}

/**
 * What `kubectl drain` does with each pod of a component: asks the eviction API until the
 * disruption budget lets it.
 */
export async function evictAll(stack: ClusterStack, component: 'app' | 'pgbouncer'): Promise<void> {
  const { core, namespace } = stack.api;
  const pods = await readyPods(stack.api, component);
  await Promise.all(
    pods.map(async (pod) => {
      for (const givenUpAtMs = Date.now() + EVICTED_WITHIN_MS; ; await sleep(1_000)) {
        try {
          return await core.createNamespacedPodEviction({
            namespace,
            name: podName(pod),
            body: { metadata: { name: podName(pod), namespace } },
          });
        } catch (error) {
          // 429 is the budget's "not now".
          if ((error as { code?: number }).code !== 429 || Date.now() > givenUpAtMs) throw error;
        }
      }
    }),
  );
  await untilSettled(stack, component, pods.length);
}
