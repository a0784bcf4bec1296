import { planEnvironment } from '../../plan/plan.ts';
import { checkSettings } from '../../settings/check-settings.ts';
import { describeDeployed } from '../deployed-plan.ts';
import { findInterruptions } from '../interruptions.ts';
import type { ResourceChange } from '../resource-changes.ts';

/** Settings as a user writes them. */
export type Raw = Readonly<Record<string, unknown>>;

export const CONTAINER = 'docker:index/container:Container';
export const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';
export const STATEFUL_SET = 'kubernetes:apps/v1:StatefulSet';
export const TEMPLATE = ['spec.template.metadata.annotations["spywatcher/started-with"]'];

export const planOf = (raw: Raw) =>
  planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, 'dev'));

/** One resource that the engine reports as changed. */
export const change = (
  operation: ResourceChange['operation'],
  [type, name]: readonly [string, string],
  paths: readonly string[] = [],
): ResourceChange => ({ operation, type, name, paths, isKept: false });

/** Interruptions of a deployed plan: who, how long at the most or how, and what it cuts. */
export const found = (settings: Raw, ...changes: readonly ResourceChange[]) => {
  const plan = planOf(settings);
  return findInterruptions({ before: describeDeployed(plan), plan, changes }).map(
    ({ service, away, cut, connections }) => [
      service,
      typeof away === 'string' ? away : away.atMostSeconds,
      cut,
      connections,
    ],
  );
};

export const onKubernetes = { target: 'kubernetes', app: { replicas: 2 } };
