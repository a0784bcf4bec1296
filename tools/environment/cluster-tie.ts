import { CallError } from '../call.ts';
import type { StackState } from '../pulumi/stack-state.ts';

/**
 * Refuses to act on an environment through another cluster than the one that holds it: `down` would
 * succeed there and forget what runs, and `up` would create everything again.
 * @param context of the kubeconfig, which the command is going to use; the current one when
 *   absent.
 * @throws {CallError} naming both clusters, or saying that the one of the kubeconfig does not
 *   answer.
 */
export async function refuseOtherCluster(
  environment: string,
  { cluster: deployedTo }: Pick<StackState, 'cluster'>,
  context: string | undefined,
): Promise<void> {
  if (deployedTo === undefined) return;
  // Loaded here: the Kubernetes client takes a third of a second, and Docker needs none.
  const { findOtherCluster, readClusterIdentity } =
    await import('../../infra/running/cluster-identity.ts');
  const pointsAt = await readClusterIdentity({
    environment,
    kubernetes: context === undefined ? {} : { context },
  }).catch((error: unknown) => {
    throw new CallError(
      `${(error as Error).message}\n` +
        `${environment} is at ${deployedTo.server} (context ${deployedTo.context}). Nothing ` +
        'was touched.',
      { cause: error },
    );
  });
  const other = findOtherCluster(environment, deployedTo, pointsAt);
  if (other !== undefined) throw new CallError(other);
}
