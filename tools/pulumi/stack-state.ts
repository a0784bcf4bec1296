import { type Before, readDeployedPlan } from '../../infra/changes/deployed-plan.ts';
import { CLUSTER_STASH } from '../../infra/settings/standard-names.ts';
import type { ClusterIdentity } from '../../infra/running/cluster-identity.ts';
import { readPulumi, type Stack } from './stack.ts';

/** What Pulumi's state says of a stack; secrets in it stay encrypted. */
export interface StackState {
  /** `'nothing'` before an update has come to its end. */
  readonly deployed: Before;
  /** Whether it holds data that `destroy` must not take. */
  readonly isProtected: boolean;
  /** The one that it was deployed to; absent when it was never on Kubernetes, or is down. */
  readonly cluster?: ClusterIdentity;
  /**
   * Of the kubeconfig, which `destroy` uses, whatever the settings say by now; absent for the
   * current one.
   */
  readonly context?: string;
  /** Ids of everything that the state knows. */
  readonly ids: ReadonlySet<string>;
  /** An update ended between the start and the end of an operation. */
  readonly isInterrupted: boolean;
  /** Names of objects that were being made then: they may be there without the state knowing. */
  readonly namesBeingMade: ReadonlySet<string>;
}

interface ExportedResource {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly protect?: boolean;
  readonly inputs?: { readonly name?: unknown; readonly context?: string };
  readonly outputs?: unknown;
}

interface Export {
  readonly deployment?: {
    readonly pending_operations?: readonly {
      readonly type: string;
      readonly resource: ExportedResource;
    }[];
    readonly resources?: readonly ExportedResource[];
  };
}

/**
 * @throws {Error} with Pulumi's words when the state cannot be read: nothing may be concluded
 *   from that.
 */
export async function readStackState(stack: Stack): Promise<StackState> {
  const { deployment = {} } = JSON.parse(
    (await readPulumi(stack, ['stack', 'export'])).stdout,
  ) as Export;
  const { resources = [], pending_operations: pending = [] } = deployment;
  const outputs = (resources.find(({ type }) => type === 'pulumi:pulumi:Stack')?.outputs ??
    {}) as Readonly<Record<string, unknown>>;
  const stash = resources.find(
    ({ urn, type }) => type === 'pulumi:index:Stash' && urn.endsWith(`::${CLUSTER_STASH}`),
  );
  const { output: cluster } = (stash?.outputs ?? {}) as { readonly output?: ClusterIdentity };
  const { context } =
    resources.find(({ type }) => type === 'pulumi:providers:kubernetes')?.inputs ?? {};
  return {
    ...(cluster && { cluster }),
    ...(context !== undefined && { context }),
    deployed: readDeployedPlan(outputs),
    isProtected: resources.some(({ protect }) => protect === true),
    ids: new Set(resources.flatMap(({ id }) => id ?? [])),
    isInterrupted: pending.length > 0,
    namesBeingMade: new Set(
      pending
        .filter(({ type }) => type === 'creating')
        .map(({ resource }) => String(resource.inputs?.name)),
    ),
  };
}
