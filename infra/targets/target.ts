import type { Credentials } from '../credentials.ts';
import type { Plan } from '../plan/plan.ts';
import type { Endpoints } from './endpoints.ts';
import { type Outside, realOutside } from './outside.ts';

/**
 * Creates the resources of a proven plan on its target, of which only the code that is needed is
 * loaded: that of Kubernetes takes a third of a second and 60 MB. A test passes an `outside` of its
 * own, and needs neither Docker nor a cluster.
 */
export async function deployTarget(
  plan: Plan,
  credentials: Credentials,
  outside: Outside = realOutside,
): Promise<Endpoints> {
  const { target } = plan.settings;
  switch (target) {
    case 'docker': {
      const { deployDocker } = await import('./docker/index.ts');
      return deployDocker(plan, credentials, outside);
    }
    case 'kubernetes': {
      const { deployKubernetes } = await import('./kubernetes/index.ts');
      return deployKubernetes(plan, credentials, outside);
    }
    default:
      return target satisfies never;
  }
}
