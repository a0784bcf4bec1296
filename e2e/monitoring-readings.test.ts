import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  healthSchema,
  type HealthBody,
  poolSchema,
} from '../app/src/monitoring/bodies/body-schemas.ts';
import type { PoolerCounts, PostgresCounts } from '../app/src/monitoring/readings/readings.ts';
import { holdSessions, type HeldSessions } from './held-sessions.ts';
import { dockerOutput, openDockerScope } from './docker.ts';
import {
  ask,
  askAdmin,
  openLiveEnvironment,
  type LiveApp,
  type LiveEnvironment,
} from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { expectLastingConnections } from './lasting-connections.ts';
import { LONG_TRANSACTIONS } from './live-plan.ts';
import { show } from './pgbouncer-console.ts';
import { askServers, type Shown, shownBy } from './shown-counts.ts';
import { until } from './until.ts';

const scope = openDockerScope('readings');
const { app: appLogin, owner } = credentials;

let live: LiveEnvironment;
let app: LiveApp;
const held: HeldSessions[] = [];

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials, LONG_TRANSACTIONS);
  app = await live.startApp();
}, 300_000);
afterEach(async () => {
  for (const sessions of held.splice(0)) await sessions.close();
});
afterAll(() => scope.close(), 60_000);

const readHealth = async (): Promise<HealthBody> =>
  healthSchema.parse((await askAdmin(app, '/connections/health')).body);

/**
 * An answer of the app that is younger than what the servers said before it, and what they said
 * before and after: alike when nothing moved.
 */
async function lookTogether(): Promise<{ readonly health: HealthBody; readonly shown: Shown }> {
  let seen: { readonly health: HealthBody; readonly shown: Shown } | undefined;
  for (let tries = 0; tries < 20; tries += 1) {
    const before = await askServers(live);
    await sleep(1_000);
    const health = await readHealth();
    const shown = await askServers(live);
    if (!isDeepStrictEqual(before, shown)) continue;
    seen = { health, shown };
    // PgBouncer's own health check is one more client for a moment, which either may see alone.
    if (isDeepStrictEqual(shownBy(health), shown)) return seen;
  }
  if (seen === undefined) throw new Error('the servers did not stand still for a second');
  return seen;
}

test('idle, what the app says is what psql and the console say', async () => {
  await ask(app, '/api/guilds/1/online');
  const { health, shown } = await lookTogether();
  expect(shownBy(health)).toEqual(shown);
  const { total, idle } = shown.postgres;
  expect(health.database.connectionPool).toEqual({
    total,
    idle: idle - 1,
    active: total - idle + 1,
    max: 100,
    utilizationPercent: total.toFixed(2),
    isPgBouncer: true,
    isShuttingDown: false,
  });
  expect(health).toMatchObject({
    healthy: true,
    verdict: { state: 'ok' },
    layers: { pgbouncer: { drift: [], clients: { max: 100 }, servers: { poolSize: 5, max: 5 } } },
  });
  expect(health.layers.postgres).toMatchObject({
    maxConnections: 100,
    reservedConnections: 10,
    superuserReservedConnections: 3,
    available: 87,
  });
}, 120_000);

test('open transactions, running statements and a lock are counted as they are', async () => {
  held.push(
    await holdSessions(scope, live, {
      size: 3,
      way: 'pooled',
      login: appLogin,
      script: 'sleepInTransaction',
    }),
  );
  held.push(
    await holdSessions(scope, live, { size: 2, way: 'direct', login: owner, script: 'runForLong' }),
  );
  held.push(
    await holdSessions(scope, live, {
      size: 4,
      way: 'direct',
      login: owner,
      script: 'sleepOutsideTransaction',
    }),
  );
  held.push(
    await holdSessions(scope, live, { size: 2, way: 'direct', login: owner, script: 'lockTable' }),
  );
  await until(
    () => askServers(live),
    ({ postgres, pgbouncer }) =>
      postgres.idleInTransaction === 4 &&
      postgres.lockWaits === 1 &&
      postgres.active === 3 &&
      pgbouncer.svActive === 3,
  );
  const { health, shown } = await lookTogether();
  expect(shownBy(health)).toEqual(shown);
  expect(shown).toMatchObject({
    postgres: { idleInTransaction: 4, lockWaits: 1, active: 3 },
    pgbouncer: { svActive: 3, clWaiting: 0 },
  });

  const { database } = poolSchema.parse((await askAdmin(app, '/connections/pool')).body);
  const { total, idle } = shown.postgres;
  expect(database).toEqual({
    utilizationPercent: total,
    activeConnections: total - idle + 1,
    maxConnections: 100,
    isHealthy: true,
  });

  const ageMs = async () =>
    1_000 *
    Number(
      await live.ask(
        'SELECT extract(epoch FROM clock_timestamp() - min(xact_start)) FROM ' +
          `pg_stat_activity WHERE backend_type = 'client backend' AND pid <> ` +
          'pg_backend_pid()',
      ),
    );
  const olderMs = await ageMs();
  await sleep(1_000);
  const { layers } = await readHealth();
  expect((layers.postgres as PostgresCounts).longestTransactionMs).toBeGreaterThan(olderMs);
  expect((layers.postgres as PostgresCounts).longestTransactionMs).toBeLessThanOrEqual(
    Math.ceil(await ageMs()),
  );
}, 120_000);

test("totals lie between the console's numbers before and after", async () => {
  const totals = async () =>
    (await show(live.pgbouncer, 'SHOW STATS')).find(({ database }) => database === 'spywatcher') ??
    {};
  await Promise.all(Array.from({ length: 30 }, () => ask(app, '/api/guilds/1/online')));
  const before = await totals();
  await sleep(1_000);
  const shown = ((await readHealth()).layers.pgbouncer as PoolerCounts).totals;
  const after = await totals();
  const columns = {
    queries: 'total_query_count',
    transactions: 'total_xact_count',
    clientParses: 'total_client_parse_count',
    serverParses: 'total_server_parse_count',
    binds: 'total_bind_count',
    receivedBytes: 'total_received',
    sentBytes: 'total_sent',
  } as const;
  for (const [key, column] of Object.entries(columns) as [keyof typeof columns, string][]) {
    expect(shown[key]).toBeGreaterThanOrEqual(Number(before[column]));
    expect(shown[key]).toBeLessThanOrEqual(Number(after[column]));
  }
  expect(shown.queries).toBeGreaterThan(30);
  expect(shown.queryMs * 1_000).toBeGreaterThanOrEqual(Number(before['total_query_time']));
  expect(shown.waitMs * 1_000).toBeLessThanOrEqual(Number(after['total_wait_time']));
}, 60_000);

test('Redis is read as its own INFO has it', async () => {
  const info = async (field: string) => {
    const text = await dockerOutput(
      'exec',
      '--env',
      `REDISCLI_AUTH=${credentials.redisPassword}`,
      live.redis,
      'redis-cli',
      '--user',
      'spywatcher',
      'INFO',
    );
    return Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(text)?.[1]);
  };
  const before = [
    await info('total_commands_processed'),
    await info('uptime_in_seconds'),
    await info('total_connections_received'),
  ];
  await sleep(1_000);
  const { redis } = (await readHealth()).layers;
  const after = [
    await info('total_commands_processed'),
    await info('uptime_in_seconds'),
    await info('total_connections_received'),
  ];
  if (redis.state !== 'up') throw new Error(`Redis is ${redis.state}`);
  [redis.totalCommands, redis.uptimeSeconds, redis.totalConnections].forEach((value, index) => {
    expect(value).toBeGreaterThanOrEqual(before[index] ?? NaN);
    expect(value).toBeLessThanOrEqual(after[index] ?? NaN);
  });
  expect(redis.usedMemoryBytes).toBeGreaterThan(500_000);
}, 60_000);

test(
  '200 requests to all routes share one lasting connection to each layer',
  () => expectLastingConnections(live, app),
  120_000,
);

test('a SET typed into the console, or a changed plan, is drift by the next reading', async () => {
  const driftOf = async () => {
    await sleep(1_000);
    return ((await readHealth()).layers.pgbouncer as PoolerCounts).drift;
  };
  expect(await driftOf()).toEqual([]);
  await live.console('SET log_stats = 0');
  expect(await driftOf()).toEqual([{ key: 'log_stats', planned: '1', shown: '0' }]);
  await live.console('SET log_stats = 1');
  expect(await driftOf()).toEqual([]);

  if (app.plan.pooler === 'off') throw new Error('this environment has a pooler');
  const { pooler } = app.plan;
  await app.replacePlan({
    ...app.plan,
    pooler: {
      ...pooler,
      config: { ...pooler.config, default_pool_size: '7', query_wait_timeout: '5.0' },
    },
  });
  expect(await driftOf()).toEqual([{ key: 'default_pool_size', planned: '7', shown: '5' }]);
  await app.replacePlan(app.plan);
  expect(await driftOf()).toEqual([]);
}, 60_000);
