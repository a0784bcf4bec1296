import type { PoolerTotals } from '../readings/readings.ts';
import { whileUp, type ObservedMetric } from './observed-metric.ts';

const whenUp = whileUp('pgbouncer');

const gauges: readonly ObservedMetric[] = [
  {
    name: 'spywatcher_pgbouncer_processes',
    help: 'Processes of PgBouncer that share the clients: answering, and silent.',
    kind: 'gauge',
    label: 'state',
    read: whenUp(({ processes }) => ({
      answering: processes?.each.length ?? 1,
      silent: processes?.silent.length ?? 0,
    })),
  },
  {
    name: 'spywatcher_pgbouncer_client_connections',
    help:
      'Client connections of PgBouncer by state: active (cl_active), waiting (cl_waiting), ' +
      'other (consoles, and those that log in).',
    kind: 'gauge',
    label: 'state',
    // The total comes from another command of the console, a moment apart.
    read: whenUp(({ clients: { active, waiting, total } }) => ({
      active,
      waiting,
      other: Math.max(0, total - active - waiting),
    })),
  },
  {
    name: 'spywatcher_pgbouncer_client_connections_max',
    help: 'Client connections that PgBouncer takes (max_client_conn).',
    kind: 'gauge',
    read: whenUp(({ clients }) => clients.max),
  },
  {
    name: 'spywatcher_pgbouncer_server_connections',
    help:
      'Server connections of PgBouncer by state: active, idle, used ' +
      '(to be tested before the next use), login.',
    kind: 'gauge',
    label: 'state',
    read: whenUp(({ servers: { active, idle, used, login } }) => ({ active, idle, used, login })),
  },
  {
    name: 'spywatcher_pgbouncer_server_connections_pool_size',
    help: 'Server connections that PgBouncer opens before clients have waited (default_pool_size).',
    kind: 'gauge',
    read: whenUp(({ servers }) => servers.poolSize),
  },
  {
    name: 'spywatcher_pgbouncer_server_connections_max',
    help:
      'Server connections that PgBouncer opens at the most (default_pool_size and ' +
      'reserve_pool_size).',
    kind: 'gauge',
    read: whenUp(({ servers }) => servers.max),
  },
  {
    name: 'spywatcher_pgbouncer_longest_wait_seconds',
    help:
      'How long the client that waits longest has waited for a server connection (maxwait); 0 ' +
      'when none waits.',
    kind: 'gauge',
    read: whenUp(({ maxWaitMs }) => maxWaitMs / 1_000),
  },
  {
    name: 'spywatcher_pgbouncer_drifted_keys',
    help: 'Keys of pgbouncer.ini whose value in the running process is not the planned one.',
    kind: 'gauge',
    read: whenUp(({ drift }) => drift.length),
  },
];

/** Totals of SHOW STATS; those in milliseconds become seconds. */
const totals: readonly (readonly [suffix: string, key: keyof PoolerTotals, help: string])[] = [
  ['queries_total', 'queries', 'Queries that PgBouncer passed on.'],
  ['transactions_total', 'transactions', 'Transactions that PgBouncer passed on.'],
  ['query_seconds_total', 'queryMs', 'Time that server connections spent in queries.'],
  [
    'transaction_seconds_total',
    'transactionMs',
    'Time that server connections spent in transactions, idle in between included.',
  ],
  ['wait_seconds_total', 'waitMs', 'Time that clients waited for a server connection.'],
  ['client_parses_total', 'clientParses', 'Prepared statements that clients made.'],
  [
    'server_parses_total',
    'serverParses',
    'Prepared statements that PgBouncer made on server connections.',
  ],
  ['binds_total', 'binds', 'Executions of prepared statements.'],
  ['received_bytes_total', 'receivedBytes', 'Bytes that PgBouncer received.'],
  ['sent_bytes_total', 'sentBytes', 'Bytes that PgBouncer sent.'],
];

/** Metrics of PgBouncer's console. */
export const pgbouncerMetrics: readonly ObservedMetric[] = [
  ...gauges,
  ...totals.map(([suffix, key, help]): ObservedMetric => ({
    name: `spywatcher_pgbouncer_${suffix}`,
    help,
    kind: 'counter',
    read: whenUp((counts) =>
      key.endsWith('Ms') ? counts.totals[key] / 1_000 : counts.totals[key],
    ),
  })),
];
