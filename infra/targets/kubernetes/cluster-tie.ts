import * as pulumi from '@pulumi/pulumi';
import { type ClusterIdentity, findOtherCluster } from '../../running/cluster-identity.ts';
import { CLUSTER_STASH } from '../../settings/standard-names.ts';
import type { Part } from '../part.ts';

/**
 * Remembers, at the first update, which cluster it is, and lets nothing be made or changed in
 * another one: an update there would find nothing of what it knows, and make all of it again.
 */
export function tieToCluster(
  part: Part,
  identity: Promise<ClusterIdentity>,
): pulumi.Output<ClusterIdentity> {
  const pointsAt = pulumi.output(
    identity.catch((error: unknown) => refuse((error as Error).message)),
  );
  const { output } = new pulumi.Stash(
    CLUSTER_STASH,
    { input: pointsAt },
    part.childOptions({ ignoreChanges: ['input'] }),
  );
  return pulumi
    .all([output as pulumi.Output<ClusterIdentity>, pointsAt])
    .apply(([deployedTo, now]) => {
      const other = findOtherCluster(part.environment, deployedTo, now);
      return other === undefined ? deployedTo : refuse(other);
    });
}

/**
 * Fails with what the user has to mend. A stack trace would only be in the way, and inside an
 * output Pulumi prints one when there is one.
 */
function refuse(why: string): never {
  const refusal = new pulumi.RunError(why);
  refusal.stack = why;
  throw refusal;
}
