import { expect, test } from '@jest/globals';
import type { Row } from './monitored-client.ts';
import { toPoolerCounts, type ConsoleRows } from './pooler-reader.ts';

const emptyPool = {
  cl_active: 0,
  cl_waiting: 0,
  sv_active: 0,
  sv_active_cancel: 0,
  sv_being_canceled: 0,
  sv_idle: 0,
  sv_used: 0,
  sv_tested: 0,
  sv_login: 0,
  maxwait: 0,
  maxwait_us: 0,
};
const setting = (key: string, value: string, stock = value): Row => ({
  key,
  value,
  default: stock,
  changeable: 'yes',
});

const rows: ConsoleRows = {
  pools: [
    { database: 'pgbouncer', user: 'pgbouncer', ...emptyPool, cl_active: 1 },
    {
      database: 'spywatcher',
      user: 'spywatcher',
      ...emptyPool,
      cl_active: 4,
      cl_waiting: 7,
      sv_active: 2,
      sv_active_cancel: 1,
      sv_being_canceled: 1,
      sv_idle: 3,
      sv_used: 1,
      sv_tested: 1,
      sv_login: 1,
      maxwait: 1,
      maxwait_us: 234_567,
    },
    {
      database: 'spywatcher',
      user: 'spywatcher_owner',
      ...emptyPool,
      cl_active: 1,
      sv_active: 1,
      maxwait: 0,
      maxwait_us: 999_999,
    },
  ],
  lists: [
    { list: 'databases', items: 2 },
    { list: 'used_clients', items: 13 },
  ],
  stats: [
    {
      database: 'pgbouncer',
      total_xact_count: '99',
      total_query_count: '99',
      total_received: '99',
      total_sent: '99',
      total_xact_time: '99',
      total_query_time: '99',
      total_wait_time: '99',
    },
    {
      database: 'spywatcher',
      total_xact_count: '10',
      total_query_count: '20',
      total_received: '30',
      total_sent: '40',
      total_xact_time: '5000',
      total_query_time: '4500',
      total_wait_time: '1500',
      total_client_parse_count: '3',
      total_server_parse_count: '4',
      total_bind_count: '20',
    },
  ],
  config: [
    setting('default_pool_size', '25'),
    setting('reserve_pool_size', '5'),
    setting('max_client_conn', '100'),
  ],
};

test('the pools of all databases but the console are summed up', () => {
  expect(toPoolerCounts(rows, {})).toEqual({
    clients: { active: 5, waiting: 7, total: 13, max: 100 },
    servers: { active: 5, idle: 3, used: 2, login: 1, total: 11, poolSize: 25, max: 30 },
    maxWaitMs: 1_234,
    totals: {
      queries: 20,
      transactions: 10,
      queryMs: 4.5,
      transactionMs: 5,
      waitMs: 1.5,
      clientParses: 3,
      serverParses: 4,
      binds: 20,
      receivedBytes: 30,
      sentBytes: 40,
    },
    drift: [],
  });
});

test('a PgBouncer that nobody uses yet, or that lacks a column, counts 0', () => {
  const [counts] = [toPoolerCounts({ ...rows, pools: [], stats: [] }, {})];
  expect(counts).toMatchObject({
    clients: { active: 0, waiting: 0 },
    servers: { total: 0, max: 30 },
    maxWaitMs: 0,
    totals: { queries: 0, serverParses: 0 },
  });
});

const driftOf = (planned: Readonly<Record<string, string>>, ...config: readonly Row[]) =>
  toPoolerCounts({ ...rows, config }, planned).drift;

test('planned keys must have the planned value, all others their default', () => {
  expect(
    driftOf(
      { stats_period: '10' },
      setting('stats_period', '10', '60'),
      setting('log_stats', '1', '1'),
    ),
  ).toEqual([]);
  expect(driftOf({ stats_period: '10' }, setting('stats_period', '60', '60'))).toEqual([
    { key: 'stats_period', planned: '10', shown: '60' },
  ]);
  expect(driftOf({}, setting('log_stats', '0', '1'))).toEqual([
    { key: 'log_stats', planned: '1', shown: '0' },
  ]);
  expect(driftOf({ stats_period: '10' })).toEqual([
    { key: 'stats_period', planned: '10', shown: null },
  ]);
});

test('another spelling of the same number is no drift; an empty text is not 0', () => {
  expect(
    driftOf(
      { server_lifetime: '1000000' },
      setting('server_lifetime', '1e+06', '3600'),
      setting('unix_socket_mode', '511', '0777'),
    ),
  ).toEqual([]);
  expect(driftOf({ auth_user: '' }, setting('auth_user', '0', ''))).toEqual([
    { key: 'auth_user', planned: '', shown: '0' },
  ]);
});

test('the command line is no drift, and nothing is without a planned pooler', () => {
  expect(
    driftOf(
      {},
      setting('conffile', '/etc/pgbouncer/pgbouncer.ini', ''),
      setting('verbose', '0', ''),
    ),
  ).toEqual([]);
  expect(
    toPoolerCounts({ ...rows, config: [setting('log_stats', '0', '1')] }, undefined).drift,
  ).toEqual([]);
});

test('a key that is named like a part of every object is compared like any other', () => {
  expect(driftOf({}, setting('constructor', 'a', 'b'))).toEqual([
    { key: 'constructor', planned: 'b', shown: 'a' },
  ]);
});
