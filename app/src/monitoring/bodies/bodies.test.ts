import { expect, test } from '@jest/globals';
import { toAlertsBody, toHealthBody, toPoolBody, toStateBody } from './bodies.ts';
import type { Layers } from '../readings/readings.ts';
import { alertsSchema, healthSchema, poolSchema, stateSchema } from './body-schemas.ts';
import { alert, AT, observationOf } from '../routes/testing/fake-monitoring.ts';
import * as states from '../testing/observations.ts';

const { idle, plan, poolerDown, poolerSaturated, postgresDown, redisDown } = states;
const everyState = Object.entries(states).filter(
  (entry): entry is [string, Layers] => 'app' in entry[1] && 'redis' in entry[1],
);

test.each(everyState)(
  'in the state %s every body keeps to its schema, as it is sent',
  (_name, layers) => {
    const observation = observationOf(layers, { alerts: [alert] });
    const sent = (body: unknown): unknown => JSON.parse(JSON.stringify(body));
    healthSchema.parse(sent(toHealthBody(observation)));
    poolSchema.parse(sent(toPoolBody(observation)));
    alertsSchema.parse(sent(toAlertsBody(observation)));
    stateSchema.parse(sent(toStateBody(observation)));
  },
);

test('the database part counts the whole server, in health and in pool', () => {
  const observation = observationOf(idle);
  expect(toHealthBody(observation)).toMatchObject({
    healthy: true,
    timestamp: AT,
    database: {
      healthy: true,
      responseTime: 2,
      connectionPool: {
        active: 2,
        idle: 5,
        total: 7,
        max: 100,
        utilizationPercent: '7.00',
        isPgBouncer: true,
        isShuttingDown: false,
      },
    },
    redis: { available: true, connected: true, status: 'ready' },
  });
  expect(toPoolBody(observation)).toMatchObject({
    database: { utilizationPercent: 7, activeConnections: 2, maxConnections: 100, isHealthy: true },
    redis: { available: true, connected: true },
  });
});

test('a third of a percent is rounded to two decimals in both', () => {
  const server = { ...idle.postgres, maxConnections: 300 } as Layers['postgres'];
  const observation = observationOf({ ...idle, postgres: server });
  expect(toHealthBody(observation).database.connectionPool.utilizationPercent).toBe('2.33');
  expect(toPoolBody(observation).database.utilizationPercent).toBe(2.33);
});

test('while Postgres is down its counts are 0 and the maximum is the planned one', () => {
  const observation = observationOf(postgresDown);
  expect(toHealthBody(observation)).toMatchObject({
    healthy: false,
    database: {
      healthy: false,
      responseTime: 3,
      connectionPool: { active: 0, idle: 0, total: 0, max: 100, utilizationPercent: '0.00' },
    },
    verdict: { state: 'down', layer: 'postgres' },
    layers: { postgres: { state: 'down', reason: 'unreachable' } },
  });
  expect(toPoolBody(observation).database).toEqual({
    utilizationPercent: 0,
    activeConnections: 0,
    maxConnections: 100,
    isHealthy: false,
  });
});

test.each<readonly [string, Layers, boolean, boolean]>([
  ['PgBouncer down: no way to the database', poolerDown, false, true],
  ['Redis down: the database is well', redisDown, true, false],
])(
  '%s, and the whole is not healthy',
  (_what, layers, ...[isDatabaseHealthy, isRedisAvailable]) => {
    const body = toHealthBody(observationOf(layers));
    expect(body).toMatchObject({
      healthy: false,
      database: { healthy: isDatabaseHealthy },
      redis: { available: isRedisAvailable, connected: isRedisAvailable },
    });
    expect(toStateBody(observationOf(layers)).healthy).toBe(false);
  },
);

test('Redis that answers but is not ready is available and not connected', () => {
  const redis = { ...idle.redis, status: 'connecting' } as Layers['redis'];
  expect(toHealthBody(observationOf({ ...idle, redis })).redis).toEqual({
    available: true,
    connected: false,
    status: 'connecting',
  });
});

test('an environment without PgBouncer is healthy and shows no limits of it', () => {
  const body = toHealthBody(
    observationOf({ ...idle, pgbouncer: { state: 'off' } }, { plan: { ...plan, pooler: 'off' } }),
  );
  expect(body).toMatchObject({
    healthy: true,
    database: { connectionPool: { isPgBouncer: false } },
  });
  expect(body.limits.use.map(({ layer }) => layer)).toEqual(['app', 'postgres', 'redis']);
});

test('alerts are plain texts with their severity, beside the whole alerts', () => {
  const critical = {
    ...alert,
    severity: 'critical' as const,
    message: 'Postgres cannot be reached.',
  };
  const body = toAlertsBody(observationOf(idle, { alerts: [critical, alert] }));
  expect(body.alerts).toEqual([
    'CRITICAL: Postgres cannot be reached.',
    `WARNING: ${alert.message}`,
  ]);
  expect(body).toMatchObject({ count: 2, timestamp: AT, details: [critical, alert] });
});

test('planned limits stand beside the use, by segment and by layer', () => {
  const { limits } = toStateBody(observationOf(poolerSaturated));
  expect(limits).toMatchObject({
    warnPercent: plan.warnPercent,
    criticalPercent: plan.criticalPercent,
    queryWaitTimeoutMs: plan.queryWaitTimeoutMs,
  });
  expect(limits.budget).toEqual(
    plan.budget.map(({ name, path, used, limit }) => ({ name, path, planned: used, limit })),
  );
  expect(limits.use).toEqual([
    {
      layer: 'app',
      what: 'client connections',
      unit: 'connections',
      used: 5,
      limit: 5,
      planned: 5,
      percent: 100,
      setting: 'app.poolMax',
    },
    {
      layer: 'pgbouncer',
      what: 'client connections',
      unit: 'connections',
      used: 57,
      limit: 100,
      planned: 100,
      percent: 57,
      setting: 'pooler.maxClientConn',
    },
    {
      layer: 'pgbouncer',
      what: 'server connections',
      unit: 'connections',
      used: 25,
      limit: 25,
      planned: 25,
      percent: 100,
      setting: 'pooler.poolSize',
    },
    {
      layer: 'postgres',
      what: 'connections',
      unit: 'connections',
      used: 27,
      limit: 87,
      planned: 87,
      percent: 31.03,
      setting: 'postgres.maxConnections',
    },
    {
      layer: 'redis',
      what: 'memory',
      unit: 'bytes',
      used: 2_621_440,
      limit: 134_217_728,
      planned: null,
      percent: 1.95,
      setting: 'redis.maxMemoryMiB',
    },
  ]);
});

test('a layer that is down keeps its planned limit; unknown numbers are null', () => {
  const redis = { ...idle.redis, maxMemoryBytes: 0 } as Layers['redis'];
  const { use } = toStateBody(observationOf({ ...poolerDown, redis })).limits;
  expect(use.filter(({ layer }) => layer === 'pgbouncer')).toMatchObject([
    { used: null, limit: null, planned: 100, percent: null },
    { used: null, limit: null, planned: 25, percent: null },
  ]);
  expect(use.find(({ layer }) => layer === 'redis')).toMatchObject({
    used: 2_621_440,
    limit: null,
    percent: null,
  });
});
