import * as pulumi from '@pulumi/pulumi';
import type * as kubernetes from '@pulumi/kubernetes';
import type { PoolerPlan } from '../../plan/plan.ts';
import type { Settings } from '../../settings/settings.ts';
import { reconnectBouncers, untilBouncersRunPlan } from '../../running/bouncers.ts';
import type { PoolerFiles } from './pgbouncer.ts';

/**
 * Lets every bouncer replace its server connections after the database was prepared: statements made before a migration
 * fail with "cached plan must not change result type", and role settings reach new server connections only.
 */
export function deployReconnect(
  settings: Settings,
  migrated: kubernetes.batch.v1.Job,
  dependsOn: readonly pulumi.Resource[] = [],
): pulumi.Resource {
  const run = new pulumi.ResourceHook('run-pgbouncer-reconnect', () => reconnectBouncers(settings));
  // A preview of a Job that is yet to be made knows its metadata, without a uid.
  const made = migrated.metadata.uid.apply((uid: string | undefined) => uid ?? 'not made yet');
  return new pulumi.Stash(
    'pgbouncer-reconnected',
    { input: made },
    { dependsOn: [migrated, ...dependsOn], hooks: { beforeCreate: [run], beforeUpdate: [run] } },
  );
}

/** Done when SHOW CONFIG of every bouncer equals the plan; fails the update when that does not happen. */
export function deployReload(
  settings: Settings,
  pooler: PoolerPlan,
  { content }: PoolerFiles,
  dependsOn: pulumi.Resource[],
): pulumi.Resource {
  const run = new pulumi.ResourceHook('run-pgbouncer-reload', async () => {
    await untilBouncersRunPlan(settings, pooler, content);
  });
  return new pulumi.Stash(
    'pgbouncer-reloaded',
    { input: content },
    { dependsOn, hooks: { beforeCreate: [run], beforeUpdate: [run] } },
  );
}
