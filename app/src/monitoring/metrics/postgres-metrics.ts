import { whileUp, type ObservedMetric } from './observed-metric.ts';

const whenUp = whileUp('postgres');

/** Metrics of the whole server's connections. */
export const postgresMetrics: readonly ObservedMetric[] = [
  {
    name: 'spywatcher_postgres_connections',
    help: 'Connections to the whole server by state.',
    kind: 'gauge',
    label: 'state',
    read: whenUp(({ connections: { active, idle, idleInTransaction, other } }) => ({
      active,
      idle,
      idle_in_transaction: idleInTransaction,
      other,
    })),
  },
  {
    name: 'spywatcher_postgres_connections_by_owner',
    help: "Connections to the whole server by who holds them: the app's role, or others.",
    kind: 'gauge',
    label: 'owner',
    read: whenUp(({ connections: { ofApp, ofOthers } }) => ({ app: ofApp, others: ofOthers })),
  },
  {
    name: 'spywatcher_postgres_connections_max',
    help: 'Connections that the server takes (max_connections).',
    kind: 'gauge',
    read: whenUp(({ maxConnections }) => maxConnections),
  },
  {
    name: 'spywatcher_postgres_connections_reserved',
    help:
      'Of those, kept for the monitoring role (reserved_connections) and for superusers ' +
      '(superuser_reserved_connections).',
    kind: 'gauge',
    label: 'for',
    read: whenUp(({ reservedConnections, superuserReservedConnections }) => ({
      monitoring: reservedConnections,
      superusers: superuserReservedConnections,
    })),
  },
  {
    name: 'spywatcher_postgres_connections_available',
    help: 'Connections that ordinary roles can have in all: max_connections less both reserves.',
    kind: 'gauge',
    read: whenUp(({ available }) => available),
  },
  {
    name: 'spywatcher_postgres_longest_transaction_seconds',
    help: 'Age of the oldest open transaction; 0 when there is none.',
    kind: 'gauge',
    read: whenUp(({ longestTransactionMs }) => longestTransactionMs / 1_000),
  },
  {
    name: 'spywatcher_postgres_lock_waits',
    help: 'Connections that wait for a lock.',
    kind: 'gauge',
    read: whenUp(({ lockWaits }) => lockWaits),
  },
];
