import type { Credentials } from '../credentials.ts';
import type { Plan } from '../plan/plan.ts';
import { deployDocker } from './docker/index.ts';
import type { Endpoints } from './endpoints.ts';
import { deployKubernetes } from './kubernetes/index.ts';
import { type Outside, realOutside } from './outside.ts';

/**
 * Creates the resources of a proven plan on its target. A test passes an `outside` of its own, and
 * needs neither Docker nor a cluster.
 */
export function deployTarget(
  plan: Plan,
  credentials: Credentials,
  outside: Outside = realOutside,
): Endpoints {
  const { target } = plan.settings;
  switch (target) {
    case 'docker':
      return deployDocker(plan, credentials, outside);
    case 'kubernetes':
      return deployKubernetes(plan, credentials, outside);
    default:
      return target satisfies never;
  }
}
