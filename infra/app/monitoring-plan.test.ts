import { expect, test } from '@jest/globals';
import type { MonitoringPlan } from '../../app/src/monitoring/plan/monitoring-plan.ts';
import { renderMonitoringPlan } from './monitoring-plan.ts';
import { planEnvironment } from '../plan/plan.ts';
import { checkSettings } from '../settings/check-settings.ts';

const limitsOf = (raw: Readonly<Record<string, unknown>>): MonitoringPlan =>
  JSON.parse(
    renderMonitoringPlan(
      planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, 'dev')),
    ),
  ) as MonitoringPlan;

test('the plan of the standard settings: thresholds, timeouts, limits, room and budget', () => {
  const { pooler, ...limits } = limitsOf({});
  expect(limits).toEqual({
    intervalSeconds: 60,
    warnPercent: 80,
    criticalPercent: 95,
    slowQueryMs: 1_000,
    longTransactionMs: 10_000,
    queryWaitTimeoutMs: 5_000,
    app: { poolMax: 5 },
    postgres: { maxConnections: 100, reservedConnections: 10, superuserReservedConnections: 3 },
    room: {
      'app.poolMax': 97,
      'pooler.poolSize': 76,
      'pooler.maxClientConn': 16_000,
      'postgres.maxConnections': 142,
    },
    budget: [
      { name: 'client connections', path: 'app -> PgBouncer (each bouncer)', used: 8, limit: 100 },
      { name: 'server connections', path: 'PgBouncer -> Postgres', used: 36, limit: 87 },
    ],
  });
  expect(pooler).toMatchObject({ poolSize: 25, reservePoolSize: 5, maxClientConn: 100 });
});

test('an external server is one whose limits are not ours to raise', () => {
  expect(
    limitsOf({ postgres: { maxConnections: 200, external: { host: 'db.example' } } }),
  ).toMatchObject({
    postgres: { maxConnections: 200, isExternal: true },
    room: { 'postgres.maxConnections': 200 },
  });
});

test("the settings of PgBouncer are those of its file, the user's among them", () => {
  const { pooler } = limitsOf({ pooler: { poolSize: 30, settings: { server_lifetime: 1_800 } } });
  expect(pooler).toMatchObject({
    config: {
      default_pool_size: '30',
      max_db_connections: '35',
      server_lifetime: '1800',
      listen_addr: '*',
      pool_mode: 'transaction',
    },
  });
});

test('of several processes each has the keys that are its own', () => {
  const { pooler } = limitsOf({ pooler: { processes: 2 } });
  expect(pooler).toMatchObject({
    poolSize: 25,
    config: { default_pool_size: '25' },
    processes: [
      { peer_id: '1', unix_socket_dir: '/run/pgbouncer' },
      { peer_id: '2', unix_socket_dir: '/run/pgbouncer/2' },
    ],
  });
  expect(limitsOf({}).pooler).not.toHaveProperty('processes');
});

test('changed timeouts and thresholds arrive', () => {
  expect(
    limitsOf({
      pooler: { queryWaitTimeoutSeconds: 6 },
      app: { requestTimeoutSeconds: 16 },
      monitoring: { warnPercent: 70, slowQueryMs: 200 },
    }),
  ).toMatchObject({
    queryWaitTimeoutMs: 6_000,
    longTransactionMs: 11_000,
    warnPercent: 70,
    slowQueryMs: 200,
  });
});

test('without a pooler there are no limits of one', () => {
  const { pooler, budget } = limitsOf({ pooler: { enabled: false } });
  expect(pooler).toBe('off');
  expect(budget).toEqual([
    { name: 'direct connections', path: 'app -> Postgres (pooler off)', used: 11, limit: 87 },
  ]);
});
