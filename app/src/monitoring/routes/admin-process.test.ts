import { afterEach, expect, test } from '@jest/globals';
import { findFreePort } from '../../testing/free-port.ts';
import { startApp } from '../../testing/app-process.ts';
import {
  alertsSchema,
  healthSchema,
  historySchema,
  poolSchema,
  stateSchema,
} from '../bodies/body-schemas.ts';
import { ask, BASE, BEARER } from './testing/admin-server.ts';
import { openEvents, type ReceivedEvent } from './testing/event-reader.ts';
import { startMonitoredApp, type MonitoredApp } from './testing/monitored-app.ts';

const running: MonitoredApp[] = [];
afterEach(async () => {
  for (const app of running.splice(0)) await app.stop();
});

async function start(variables: Partial<Record<string, string>> = {}): Promise<MonitoredApp> {
  const app = await startMonitoredApp(variables);
  running.push(app);
  return app;
}

test('with every layer down the bodies keep their schemas and disclose nothing', async () => {
  const app = await start();
  const [health, pool, alerts, history] = await Promise.all(
    ['health', 'pool', 'alerts', 'history'].map((name) =>
      ask(app, `${BASE}/connections/${name}`, { headers: BEARER }),
    ),
  );
  expect([health, pool, alerts, history].map((answer) => answer?.status)).toEqual([
    503, 503, 200, 200,
  ]);
  const { layers, database, verdict } = healthSchema.parse(JSON.parse(health?.text ?? ''));
  expect(layers).toMatchObject({
    pgbouncer: { state: 'down', reason: 'unreachable' },
    postgres: { state: 'down', reason: 'unreachable' },
    redis: { state: 'down' },
  });
  expect(database).toMatchObject({ healthy: false, connectionPool: { total: 0, max: 100 } });
  expect(verdict).toMatchObject({ state: 'down', layer: 'postgres' });
  poolSchema.parse(JSON.parse(pool?.text ?? ''));
  expect(alertsSchema.parse(JSON.parse(alerts?.text ?? '')).alerts).toEqual(
    expect.arrayContaining([expect.stringMatching(/^CRITICAL: Postgres /)]),
  );
  historySchema.parse(JSON.parse(history?.text ?? ''));
  expect([health, pool, alerts, history].map((answer) => answer?.text).join()).not.toMatch(
    /127\.0\.0\.1|canary/,
  );
}, 30_000);

test('slow queries of a server that is down are 503; metrics still work', async () => {
  const app = await start();
  expect(await ask(app, `${BASE}/database/slow-queries`, { headers: BEARER })).toMatchObject({
    status: 503,
    code: 'statistics_unavailable',
  });
  const { status, text } = await ask(app, `${BASE}/metrics`, { headers: BEARER });
  expect(status).toBe(200);
  expect(text).toMatch(
    /^spywatcher_http_request_duration_seconds_count\{.*\/slow-queries",status="503".*\} 1$/m,
  );
}, 30_000);

test('at a signal an open stream says that it ends, and the app exits 0', async () => {
  const app = await start({ SHUTDOWN_DRAIN_DELAY_MS: '5000' });
  const reader = await openEvents(app);
  await reader.received('state');
  app.kill('SIGTERM');
  await app.logged('shutdown begins: not ready');
  const isLast = ({ event, data }: ReceivedEvent): boolean =>
    event === 'state' && stateSchema.parse(data).isShuttingDown;
  while (!reader.events.some(isLast))
    await reader.received(
      'state',
      reader.events.filter(({ event }) => event === 'state').length + 1,
    );
  await reader.ended;
  expect(reader.events.at(-1)).toEqual({ event: 'end', id: undefined, data: {} });
  expect(await app.ended).toBe(0);
  expect(app.log.filter(({ msg }) => /deadline passed|could not close/.test(msg))).toEqual([]);
}, 30_000);

test('with a port of their own the admin routes are served there alone', async () => {
  const adminPort = await findFreePort();
  const app = await start({ ADMIN_PORT: `${adminPort}` });
  await app.logged('listening for admins');
  for (const path of [
    BASE,
    `${BASE}/`,
    `${BASE}/metrics`,
    '/api/admin',
    '/API/Admin/Monitoring/Metrics',
    '/api/admin/',
    '/api/ADMIN/monitoring/session',
  ]) {
    expect(await ask(app, path, { headers: BEARER })).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  }
  expect(
    (await ask({ port: adminPort }, `${BASE}/connections/alerts`, { headers: BEARER })).status,
  ).toBe(200);
  for (const path of ['/livez', '/api/presence/1', '/'])
    expect(await ask({ port: adminPort }, path, { headers: BEARER })).toMatchObject({
      status: 404,
      code: 'not_found',
    });
}, 30_000);

test('without monitoring nothing is below /api/admin', async () => {
  const app = await startApp({ MONITORING: 'off' });
  await app.logged('listening');
  for (const path of [BASE, `${BASE}/`, `${BASE}/metrics`, '/API/ADMIN'])
    expect(await ask(app, path, { headers: BEARER })).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  app.kill('SIGTERM');
  expect(await app.ended).toBe(0);
}, 30_000);
