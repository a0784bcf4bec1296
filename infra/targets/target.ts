import type * as pulumi from '@pulumi/pulumi';
import type { Credentials } from '../credentials.ts';
import type { Plan } from '../plan/plan.ts';
import { deployDocker } from './docker/index.ts';
import { deployKubernetes } from './kubernetes/index.ts';
import { type Outside, realOutside } from './outside.ts';

/** Where to find what was deployed. Texts that hold a password are secret outputs. */
export interface Endpoints {
  readonly appUrl: string;
  readonly adminUrl: string;
  readonly adminToken: pulumi.Output<string>;
  /** Through the pooler; past it when the pooler is off; empty when the pooler is a sidecar, which nobody else can reach. */
  readonly databaseUrl: pulumi.Output<string>;
  /** Past the pooler as the owner, for migrations and people; resolves inside the environment's network. */
  readonly databaseUrlDirect: pulumi.Output<string>;
  /** PgBouncer's console; empty when the pooler is off or a sidecar. */
  readonly pgbouncerAdminUrl: pulumi.Output<string>;
}

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
