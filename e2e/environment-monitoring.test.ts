import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { z } from 'zod';
import {
  type AlertsBody,
  alertsSchema,
  healthSchema,
  historySchema,
  poolSchema,
  slowQueriesSchema,
} from '../app/src/monitoring/bodies/body-schemas.ts';
import { renderMonitoringPlan } from '../infra/app/monitoring-plan.ts';
import { planStack } from '../tools/pulumi/stack-file.ts';
import { dockerOutput } from './docker.ts';
import { openTestStack, type TestStack } from './test-stack.ts';
import { until } from './until.ts';

const SERVERS = ['app', 'pgbouncer', 'postgres', 'redis'];
const PREFIX = '/api/admin/monitoring';
const BODIES: Readonly<Record<string, z.ZodType>> = {
  '/connections/health': healthSchema,
  '/connections/pool': poolSchema,
  '/connections/alerts': alertsSchema,
  '/connections/history': historySchema,
  '/database/slow-queries': slowQueriesSchema,
};
const ROUTES = [...Object.keys(BODIES), '/metrics', '/'];

let stack: TestStack;
let token = '';

beforeAll(async () => {
  stack = await openTestStack('monitoring');
  await stack.mustRun('up');
  token = await output('adminToken');
}, 600_000);

afterAll(() => stack.close(), 120_000);

test('up says where the monitoring is; every route answers there with the token of the stack, and without it none', async () => {
  expect(stack.printed.join('\n')).toContain(
    `http://127.0.0.1:${stack.appPort}${PREFIX}/  (sign in with the admin token)`,
  );
  expect(await output('adminUrl')).toBe(`http://127.0.0.1:${stack.appPort}${PREFIX}`);
  await untilHealthy(stack.appPort);
  expect(await statuses(stack.appPort, token)).toEqual(ROUTES.map((route) => `${route} 200`));
  expect(await statuses(stack.appPort, undefined)).toEqual(ROUTES.map((route) => `${route} 401`));
  for (const [route, schema] of Object.entries(BODIES)) {
    const body: unknown = await (await ask(stack.appPort, route, token)).json();
    expect({ route, error: schema.safeParse(body).error?.message }).toEqual({
      route,
      error: undefined,
    });
  }
  expect(await (await ask(stack.appPort, '/metrics', token)).text()).toContain('spywatcher_');
}, 180_000);

test('every layer answers, and the monitoring holds one connection to Postgres and one to the console of PgBouncer', async () => {
  const { layers } = await readAlerts();
  expect([layers.pgbouncer.state, layers.postgres.state, layers.redis.state]).toEqual([
    'up',
    'up',
    'up',
  ]);
  expect(
    await stack.psqlDirect(
      `select count(*) from pg_stat_activity where usename = 'spywatcher_monitor'`,
    ),
  ).toBe('1');
  const consoles = (await stack.console('SHOW CLIENTS')).filter((row) =>
    row.includes('|pgbouncer_monitor|'),
  );
  expect(consoles).toHaveLength(1);
}, 60_000);

test('a reloadable setting and a threshold replace no server; the app reads the new plan, and PgBouncer has never looked adrift', async () => {
  stack.configure({ pooler: { poolSize: 30 }, monitoring: { warnPercent: 70 } });
  const before = await idsOfServers();
  const seen = await whileWatching(() => stack.mustRun('up'));
  expect(await idsOfServers()).toEqual(before);
  expect(
    await dockerOutput('exec', stack.containerName('app'), 'cat', '/run/monitoring/plan.json'),
  ).toBe(renderMonitoringPlan(planStack(stack.name).plan).trim());

  // PgBouncer was told first, so from the first answer with the new plan on there is nothing to differ.
  const settled = await until(readAlerts, (body) => body.limits.warnPercent === 70);
  expect(settled.layers.pgbouncer).toMatchObject({
    state: 'up',
    drift: [],
    servers: { poolSize: 30 },
  });
  expect(settled.limits.use).toContainEqual(
    expect.objectContaining({ setting: 'pooler.poolSize', planned: 30 }),
  );
  expect(seen.length).toBeGreaterThan(5);
  expect(
    [...seen, settled].flatMap(({ details }) => details.filter(({ kind }) => kind === 'drift')),
  ).toEqual([]);
}, 300_000);

test('a SET typed at the console is an alert that says what differs, and is gone after RELOAD', async () => {
  await stack.console('SET default_pool_size = 3');
  const adrift = await until(readAlerts, ({ details }) =>
    details.some(({ kind }) => kind === 'drift'),
  );
  expect(adrift.details).toContainEqual(
    expect.objectContaining({
      kind: 'drift',
      layer: 'pgbouncer',
      severity: 'warning',
      message: expect.stringContaining('default_pool_size is 3, planned 30') as unknown,
    }),
  );
  await stack.console('RELOAD');
  const mended = await until(
    readAlerts,
    ({ details }) => !details.some(({ kind }) => kind === 'drift'),
  );
  expect(mended.layers.pgbouncer).toMatchObject({ drift: [] });
}, 240_000);

test("after a rotation the new token and the former one open the routes, now on a port of their own; the API's port knows none of them", async () => {
  stack.configure({ credentialsVersion: 2, app: { adminPort: stack.adminPort } });
  await stack.mustRun('up');
  const former = token;
  token = await output('adminToken');
  expect(token).not.toBe(former);
  expect(await output('adminUrl')).toBe(`http://127.0.0.1:${stack.adminPort}${PREFIX}`);
  await untilHealthy(stack.adminPort);
  for (const accepted of [token, former])
    expect(await statuses(stack.adminPort, accepted)).toEqual(
      ROUTES.map((route) => `${route} 200`),
    );
  expect(
    (await ask(stack.adminPort, '/connections/health', stack.credentials(3).adminToken)).status,
  ).toBe(401);
  expect(await statuses(stack.appPort, token)).toEqual(ROUTES.map((route) => `${route} 404`));
  expect((await fetch(`${stack.appUrl}/readyz`)).status).toBe(200);
}, 300_000);

const output = async (name: string): Promise<string> =>
  (await stack.pulumi('stack', 'output', name, '--show-secrets')).stdout.trim();

const ask = (port: number, route: string, bearer: string | undefined): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${PREFIX}${route}`, {
    headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    redirect: 'manual',
  });

/** `route status` for each route. */
const statuses = (port: number, bearer: string | undefined): Promise<string[]> =>
  Promise.all(ROUTES.map(async (route) => `${route} ${(await ask(port, route, bearer)).status}`));

const readAlerts = async (): Promise<AlertsBody> =>
  alertsSchema.parse(await (await ask(stack.appPort, '/connections/alerts', token)).json());

async function idsOfServers(): Promise<(string | undefined)[]> {
  const containers = await stack.containers();
  return SERVERS.map((server) => containers.get(stack.containerName(server)));
}

/** On a machine that has just started an environment, a layer may be late at first. */
async function untilHealthy(port: number): Promise<void> {
  const askHealth = async () => {
    const response = await ask(port, '/connections/health', token);
    return { status: response.status, text: await response.text() };
  };
  await until(askHealth, ({ status }) => status === 200);
}

/** Every alerts body that was given while something was done. */
async function whileWatching(action: () => Promise<unknown>): Promise<readonly AlertsBody[]> {
  const seen: AlertsBody[] = [];
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      seen.push(await readAlerts());
      await setTimeout(300);
    }
  };
  const acting = action().finally(() => (isOver = true));
  // A watch that fails waits for the action all the same: nothing may go on behind the next test's back.
  await Promise.all([acting, watch().finally(() => acting)]);
  return seen;
}
