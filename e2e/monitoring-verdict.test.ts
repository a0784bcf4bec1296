import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  alertsSchema,
  type AlertsBody,
  healthSchema,
  type HealthBody,
  historySchema,
} from '../app/src/monitoring/bodies/body-schemas.ts';
import type { Sample } from '../app/src/monitoring/observing/history.ts';
import { holdSessions, type HeldSessions } from './held-sessions.ts';
import { openDockerScope } from './docker.ts';
import { askAdmin, openLiveEnvironment, type LiveApp, type LiveEnvironment } from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { LONG_WAITS } from './live-plan.ts';
import { expectRightWaits, waitsAtConsole } from './shown-waits.ts';
import { until } from './until.ts';

const scope = openDockerScope('verdict');
const { app: appLogin, owner, monitor } = credentials;
const AVAILABLE = 13;

let live: LiveEnvironment;
let app: LiveApp;
const held: HeldSessions[] = [];

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials, {
    ...LONG_WAITS,
    pooler: { ...LONG_WAITS.pooler, poolSize: 2 },
    postgres: { maxConnections: 20, reservedConnections: 4 },
  });
  app = await live.startApp();
}, 300_000);
afterEach(async () => {
  for (const sessions of held.splice(0)) await sessions.close();
});
afterAll(() => scope.close(), 60_000);

const readHealth = async (from = app): Promise<HealthBody> =>
  healthSchema.parse((await askAdmin(from, '/connections/health')).body);
const readAlerts = async (): Promise<AlertsBody> =>
  alertsSchema.parse((await askAdmin(app, '/connections/alerts')).body);

/**
 * Of the two samples of the history that are taken next, the first that found something at its
 * limit.
 */
async function saturatedWithinTwoSamples(from = app): Promise<Sample> {
  const nowMs = Date.now();
  const history = async () =>
    historySchema
      .parse((await askAdmin(from, '/connections/history')).body)
      .samples.filter(({ atMs }) => atMs > nowMs);
  const samples = (await until(history, ({ length }) => length >= 2)).slice(0, 2);
  const saturated = samples.find(({ verdict }) => verdict === 'saturated');
  if (saturated === undefined)
    throw new Error(`neither of two samples is saturated: ${JSON.stringify(samples)}`);
  return saturated;
}

test('50 clients on 2 server connections: the verdict is PgBouncer', async () => {
  expect(await until(readHealth, ({ verdict }) => verdict.state === 'ok')).toMatchObject({
    healthy: true,
  });
  held.push(
    await holdSessions(scope, live, {
      size: 50,
      way: 'pooled',
      login: appLogin,
      script: 'sleepInTransaction',
    }),
  );
  await until(
    () => waitsAtConsole(live),
    ({ waiting }) => waiting >= 48,
  );

  expect(await saturatedWithinTwoSamples()).toMatchObject({
    pgbouncer: { serversActive: 2, serversMax: 2 },
  });
  const { verdict } = await readHealth();
  expect(verdict).toMatchObject({
    state: 'saturated',
    layer: 'pgbouncer',
    // As far as Postgres lets it go.
    change: { setting: 'pooler.poolSize', from: 2, to: app.plan.room['pooler.poolSize'] },
  });
  expect(verdict.summary).toMatch(
    /^Clients wait \d+ ms at PgBouncer: 2 of 2 server connections busy, \d+ clients waiting\.$/,
  );
  expect(verdict.remedy).toContain('2 of them are idle in a transaction');

  await expectRightWaits(live, readHealth);

  const { details } = await until(readAlerts, ({ details }) =>
    details.some(({ kind }) => kind === 'waiting_clients'),
  );
  expect(details).toContainEqual(
    expect.objectContaining({
      layer: 'pgbouncer',
      kind: 'waiting_clients',
      severity: 'warning',
      message: expect.stringMatching(
        /^\d+ clients wait for a server connection at PgBouncer$/,
      ) as unknown,
    }),
  );
  expect(details).toContainEqual(
    expect.objectContaining({
      layer: 'pgbouncer',
      kind: 'server_connections',
      severity: 'critical',
    }),
  );

  for (const sessions of held.splice(0)) await sessions.close();
  await until(readHealth, ({ verdict: { state } }) => state === 'ok');
  expect(await until(readAlerts, ({ count }) => count === 0)).toMatchObject({
    alerts: [],
    details: [],
  });
}, 240_000);

test('connections used up by strangers: the verdict is Postgres, read all the same', async () => {
  const sessions = async () =>
    Number(
      await live.ask(
        `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' ` +
          'AND pid <> pg_backend_pid()',
      ),
    );
  const fill = async (size: number) => {
    if (size > 0)
      held.push(
        await holdSessions(scope, live, {
          size,
          way: 'direct',
          login: owner,
          script: 'sleepOutsideTransaction',
        }),
      );
  };
  const isReached = async (wanted: number): Promise<boolean> => {
    for (let looks = 0; looks < 25; looks += 1) {
      if ((await sessions()) === wanted) return true;
      await sleep(200);
    }
    return false;
  };
  /**
   * The app opens and closes sessions meanwhile, and of sessions that find one slot too few nobody
   * stays: then it comes again.
   */
  const fillTo = async (wanted: number, come: () => Promise<void>) => {
    for (let tries = 0; tries < 5; tries += 1) {
      await come();
      if (await isReached(wanted)) return;
    }
    throw new Error(`Postgres has ${await sessions()} sessions, not ${wanted}`);
  };
  await fillTo(AVAILABLE, async () => fill(AVAILABLE - (await sessions())));

  expect(await saturatedWithinTwoSamples()).toMatchObject({
    postgres: { total: AVAILABLE, available: AVAILABLE },
  });
  const { verdict } = await readHealth();
  expect(verdict).toMatchObject({
    state: 'saturated',
    layer: 'postgres',
    summary: expect.stringMatching(
      /^Postgres is out of connections: 13 of 13 are taken, \d of them by the app\.$/,
    ) as unknown,
  });
  expect(verdict.remedy).toMatch(/^\d+ of them are not the app's: end those first/);

  // A stranger takes the monitoring's slot while it is away.
  await fillTo(AVAILABLE + 1, async () => {
    await live.ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${monitor.name}'`,
    );
    await fill(1);
  });
  await sleep(1_000);
  expect((await readHealth()).layers.postgres).toMatchObject({
    state: 'up',
    connections: { total: AVAILABLE + 1 },
  });
  await expect(live.ask('SELECT 1', owner)).rejects.toThrow(
    'remaining connection slots are reserved',
  );

  for (const sessions of held.splice(0)) await sessions.close();
  await until(readHealth, ({ verdict: { state } }) => state === 'ok');
}, 240_000);

test('requests that queue for one client connection: the verdict is the app', async () => {
  const narrow = await live.startApp({ settings: { poolMax: 1 } });
  const stopping = new AbortController();
  const visitors = Array.from({ length: 100 }, async () => {
    while (!stopping.signal.aborted)
      await (await fetch(`${narrow.url}/api/guilds/1/online`)).text();
  });
  try {
    await until(
      () => readHealth(narrow),
      ({ layers }) => layers.app.waiting > 0,
    );
    expect(await saturatedWithinTwoSamples(narrow)).toMatchObject({
      app: { active: 1, max: 1 },
      pgbouncer: { waiting: 0 },
    });
    const { verdict, layers } = await until(
      () => readHealth(narrow),
      ({ verdict: { layer } }) => layer === 'app',
    );
    expect(verdict).toMatchObject({
      state: 'saturated',
      change: { setting: 'app.poolMax', from: 1, to: expect.any(Number) as unknown },
    });
    const wanted = verdict.change?.to;
    expect(wanted).toBeGreaterThan(1);
    expect(wanted).toBeLessThanOrEqual(narrow.plan.room['app.poolMax'] ?? NaN);
    expect(verdict.summary).toMatch(
      /^Work waits \d+ ms inside the app: 1 of 1 client connections busy, \d+ waiting for one\.$/,
    );
    expect(layers.app.acquire.count).toBeGreaterThan(100);
    expect(layers.app.acquire.maxMs).toBeGreaterThan(50);
  } finally {
    stopping.abort();
    await Promise.all(visitors);
  }
  expect(
    (
      await until(
        () => readHealth(narrow),
        ({ verdict: { state } }) => state === 'ok',
      )
    ).layers.app,
  ).toMatchObject({ waiting: 0, longestWaitMs: 0 });
}, 240_000);
