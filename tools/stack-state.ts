import type { DeployedPlan } from '../infra/plan-changes.ts';
import { readPulumi, type Stack } from './stack.ts';

/** What Pulumi's state says of a stack; secrets in it stay encrypted. */
export interface StackState {
  /** `'nothing'` before an update has come to its end. */
  readonly deployed: DeployedPlan | 'nothing';
  /** Whether it holds data that `destroy` must not take. */
  readonly isProtected: boolean;
  /** Ids of everything that the state knows. */
  readonly ids: ReadonlySet<string>;
  /** An update ended between the start and the end of an operation. */
  readonly isInterrupted: boolean;
  /** Names of objects that were being made then: they may be there without the state knowing. */
  readonly namesBeingMade: ReadonlySet<string>;
}

interface ExportedResource {
  readonly id?: string;
  readonly type: string;
  readonly protect?: boolean;
  readonly inputs?: { readonly name?: unknown };
  readonly outputs?: unknown;
}

interface Export {
  readonly deployment?: {
    readonly pending_operations?: readonly { readonly type: string; readonly resource: ExportedResource }[];
    readonly resources?: readonly ExportedResource[];
  };
}

/** @throws {Error} with Pulumi's words when the state cannot be read: nothing may be concluded from that. */
export async function readStackState(stack: Stack): Promise<StackState> {
  const { deployment = {} } = JSON.parse((await readPulumi(stack, ['stack', 'export'])).stdout) as Export;
  const { resources = [], pending_operations: pending = [] } = deployment;
  const outputs = (resources.find(({ type }) => type === 'pulumi:pulumi:Stack')?.outputs ?? {}) as Partial<DeployedPlan>;
  return {
    deployed: outputs.connectionBudget === undefined ? 'nothing' : (outputs as DeployedPlan),
    isProtected: resources.some(({ protect }) => protect === true),
    ids: new Set(resources.flatMap(({ id }) => id ?? [])),
    isInterrupted: pending.length > 0,
    namesBeingMade: new Set(pending.filter(({ type }) => type === 'creating').map(({ resource }) => String(resource.inputs?.name))),
  };
}
