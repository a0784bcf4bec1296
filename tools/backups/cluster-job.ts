import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { ClusterApi } from '../../infra/running/cluster-api.ts';
import type { Report } from '../../toolchain/progress.ts';
import { until } from '../../toolchain/until.ts';

const LOOK_EVERY_MS = 1_000;
const LAST_LINES = 20;

/**
 * Runs a Job to its end, removes it, and gives what its pod said.
 * @throws {Error} with the pod's last lines when it fails.
 */
export async function runJob(
  { batch, core, namespace }: ClusterApi,
  body: V1Job,
  report: Report,
): Promise<readonly string[]> {
  const name = (await batch.createNamespacedJob({ namespace, body })).metadata?.name ?? '';
  const findPod = async (): Promise<V1Pod | undefined> =>
    (
      await core.listNamespacedPod({
        namespace,
        labelSelector: `batch.kubernetes.io/job-name=${name}`,
      })
    ).items[0];
  // A pod that has not started yet has said nothing, and the API server calls that an error.
  const readLines = async (pod: V1Pod | undefined): Promise<readonly string[]> =>
    pod === undefined
      ? []
      : (
          await core
            .readNamespacedPodLog({ namespace, name: pod.metadata?.name ?? '' })
            .catch(() => '')
        )
          .split('\n')
          .filter((line) => line !== '');
  try {
    return await until(
      async () => {
        const { status } = await batch.readNamespacedJob({ namespace, name });
        const pod = await findPod();
        const lines = await readLines(pod);
        if ((status?.succeeded ?? 0) > 0) return lines;
        const failure = status?.conditions?.find(({ type }) => type === 'Failed');
        if (failure !== undefined) {
          const words = lines.slice(-LAST_LINES).join('\n');
          throw new Error(`the job ${name} failed (${failure.reason ?? 'unknown'}):\n${words}`);
        }
        report(lines.at(-1) ?? describeWaiting(pod));
        return undefined;
      },
      // As long as the data takes: Kubernetes ends a job that fails.
      { deadlineMs: Number.POSITIVE_INFINITY, pauseMs: LOOK_EVERY_MS, what: `the job ${name}` },
    );
  } finally {
    await batch.deleteNamespacedJob({ namespace, name, propagationPolicy: 'Foreground' });
  }
}

function describeWaiting(pod: V1Pod | undefined): string {
  const [unmet] = (pod?.status?.conditions ?? []).filter(
    ({ status, message }) => status === 'False' && message !== undefined,
  );
  return unmet?.message ?? 'waiting for the pod to start';
}
