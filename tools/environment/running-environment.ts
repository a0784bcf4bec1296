import type { Plan } from '../../infra/plan/plan.ts';
import { deriveCredentials } from '../../infra/credentials.ts';
import { checkEnvironment } from './environment-check.ts';
import { describeTrouble } from './environment-containers.ts';
import { renderEnvironmentSummary } from './environment-summary.ts';
import { readRootSecret, type Stack } from '../pulumi/stack.ts';

/** What `up` asks an environment after Pulumi has had its turn. */
interface RunningEnvironment {
  /** @throws {Error} saying what is not as planned. */
  check(): Promise<readonly string[]>;
  /** Everything that is not well, each with its last words; empty when all is. */
  describeTrouble(): Promise<string>;
  renderSummary(findings: readonly string[]): string;
}

/** @param stack of the environment; its `env` reaches the Docker Engine in use. */
export async function openRunningEnvironment(
  plan: Plan,
  stack: Stack,
): Promise<RunningEnvironment> {
  const { target, environment, credentialsVersion: version } = plan.settings;
  const { env } = stack;
  switch (target) {
    case 'docker':
      return {
        check: () => checkEnvironment(plan, env),
        describeTrouble: () => describeTrouble(environment, env),
        renderSummary: (findings) => renderEnvironmentSummary(plan, findings),
      };
    case 'kubernetes': {
      // Loaded here: the Kubernetes client takes a third of a second, and Docker needs none.
      const [{ checkCluster }, { describeClusterTrouble }, { renderClusterSummary }] =
        await Promise.all([
          import('./cluster-check.ts'),
          import('./cluster-trouble.ts'),
          import('./cluster-summary.ts'),
        ]);
      return {
        check: async () =>
          checkCluster(
            plan,
            deriveCredentials({ rootSecret: await readRootSecret(stack), version }),
          ),
        describeTrouble: () => describeClusterTrouble(plan),
        renderSummary: (findings) => renderClusterSummary(plan, findings),
      };
    }
    default:
      return target satisfies never;
  }
}
