import type { Plan } from '../infra/plan.ts';
import { checkCluster, describeClusterTrouble } from './cluster-environment.ts';
import { renderClusterSummary } from './cluster-summary.ts';
import { checkEnvironment } from './environment-check.ts';
import { describeTrouble } from './environment-containers.ts';
import { renderEnvironmentSummary } from './environment-summary.ts';

/** What `up` asks an environment after Pulumi has had its turn. */
export interface RunningEnvironment {
  /** @throws {Error} saying what is not as planned. */
  check(): Promise<readonly string[]>;
  /** Everything that is not well, each with its last words; empty when all is. */
  describeTrouble(): Promise<string>;
  renderSummary(findings: readonly string[]): string;
}

/** @param env reaches the Docker Engine in use. */
export function openRunningEnvironment(plan: Plan, env: NodeJS.ProcessEnv): RunningEnvironment {
  const { target, environment } = plan.settings;
  switch (target) {
    case 'docker':
      return { check: () => checkEnvironment(plan, env), describeTrouble: () => describeTrouble(environment, env), renderSummary: (findings) => renderEnvironmentSummary(plan, findings) };
    case 'kubernetes':
      return { check: () => checkCluster(plan), describeTrouble: () => describeClusterTrouble(plan), renderSummary: (findings) => renderClusterSummary(plan, findings) };
    default:
      return target satisfies never;
  }
}
