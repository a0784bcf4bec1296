import type { Plan } from '../../infra/plan/plan.ts';
import { deriveCredentials } from '../../infra/credentials.ts';
import { checkCluster } from './cluster-check.ts';
import { renderClusterSummary } from './cluster-summary.ts';
import { describeClusterTrouble } from './cluster-trouble.ts';
import { checkEnvironment } from './environment-check.ts';
import { describeTrouble } from './environment-containers.ts';
import { renderEnvironmentSummary } from './environment-summary.ts';
import { readRootSecret, type Stack } from '../pulumi/stack.ts';

/** What `up` asks an environment after Pulumi has had its turn. */
export interface RunningEnvironment {
  /** @throws {Error} saying what is not as planned. */
  check(): Promise<readonly string[]>;
  /** Everything that is not well, each with its last words; empty when all is. */
  describeTrouble(): Promise<string>;
  renderSummary(findings: readonly string[]): string;
}

/** @param stack of the environment; its `env` reaches the Docker Engine in use. */
export function openRunningEnvironment(plan: Plan, stack: Stack): RunningEnvironment {
  const { target, environment, credentialsVersion: version } = plan.settings;
  const { env } = stack;
  switch (target) {
    case 'docker':
      return {
        check: () => checkEnvironment(plan, env),
        describeTrouble: () => describeTrouble(environment, env),
        renderSummary: (findings) => renderEnvironmentSummary(plan, findings),
      };
    case 'kubernetes':
      return {
        check: async () =>
          checkCluster(
            plan,
            deriveCredentials({ rootSecret: await readRootSecret(stack), version }),
          ),
        describeTrouble: () => describeClusterTrouble(plan),
        renderSummary: (findings) => renderClusterSummary(plan, findings),
      };
    default:
      return target satisfies never;
  }
}
