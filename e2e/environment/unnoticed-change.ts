import { expect } from '@jest/globals';
import { renderMonitoringPlan } from '../../infra/app/monitoring-plan.ts';
import { planStack } from '../../tools/pulumi/stack-file.ts';
import { dockerOutput } from '../docker.ts';
import type { TestStack } from '../test-stack.ts';
import { until } from '../until.ts';
import { type AdminRoutes, driftIn } from './admin-routes.ts';
import { whileQuerying } from './api-requests.ts';
import { expectAsPreviewed } from './previewed-change.ts';

/**
 * One setting that PgBouncer reloads, one that the app reads again, one that Docker changes in
 * place.
 */
const CHANGE = {
  settings: {
    pooler: { poolSize: 30 },
    monitoring: { warnPercent: 70 },
    app: { memoryMiB: 640 },
  },
  services: {},
  effects: { default_pool_size: 'reload', max_db_connections: 'reload' },
};

/**
 * Expects clients that keep querying to see no error of the change, the app to read the new plan,
 * and PgBouncer never to look adrift meanwhile.
 */
export async function expectUnnoticedChange(stack: TestStack, admin: AdminRoutes): Promise<void> {
  let load = { queries: 0, errors: ['never measured'] as readonly string[] };
  const apply = async (): Promise<void> => {
    load = await whileQuerying(stack, () => stack.mustRun('up'));
  };
  const seen = await admin.whileWatching(() => expectAsPreviewed(stack, CHANGE, apply));
  expect(load.errors).toEqual([]);
  expect(load.queries).toBeGreaterThan(100);
  expect(await stack.console('SHOW CONFIG')).toContainEqual(
    expect.stringMatching(/^default_pool_size\|30\|/),
  );
  const plan = ['exec', stack.containerName('app'), 'cat', '/run/monitoring/plan.json'];
  expect(await dockerOutput(...plan)).toBe(renderMonitoringPlan(planStack(stack.name).plan).trim());

  // PgBouncer got the new plan first, so from the app's first answer with it there is nothing to
  // differ.
  const settled = await until(
    () => admin.readAlerts(),
    (body) => body.limits.warnPercent === 70,
  );
  expect(settled.layers.pgbouncer).toMatchObject({
    state: 'up',
    drift: [],
    servers: { poolSize: 30 },
  });
  expect(settled.limits.use).toContainEqual(
    expect.objectContaining({ setting: 'pooler.poolSize', planned: 30 }),
  );
  expect(seen.length).toBeGreaterThan(5);
  expect(driftIn([...seen, settled])).toEqual([]);
}

/**
 * Expects a SET typed at the console to be an alert that says what differs, and RELOAD to end it.
 */
export async function expectDriftUntilReload(stack: TestStack, admin: AdminRoutes): Promise<void> {
  const readDrift = async () => driftIn([await admin.readAlerts()]);
  await stack.console('SET default_pool_size = 3');
  expect(await until(readDrift, (found) => found.length > 0)).toContainEqual(
    expect.objectContaining({
      kind: 'drift',
      layer: 'pgbouncer',
      severity: 'warning',
      message: expect.stringContaining('default_pool_size is 3, planned 30') as unknown,
    }),
  );
  await stack.console('RELOAD');
  await until(readDrift, (found) => found.length === 0);
  expect((await admin.readAlerts()).layers.pgbouncer).toMatchObject({ drift: [] });
}
