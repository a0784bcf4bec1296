import type { Logger } from 'pino';
import type { PostgresCounts } from '../readings.ts';
import { createLayerReader, type LayerReader } from './layer-reader.ts';
import type { MonitoredClient, Row } from './monitored-client.ts';
import { numberOf } from './row-numbers.ts';

/** All client backends, of every database; the reserve is a setting since Postgres 16. */
const ACTIVITY = `
  SELECT
    count(*) FILTER (WHERE state = 'active') AS active,
    count(*) FILTER (WHERE state = 'idle') AS idle,
    count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,
    count(*) AS total,
    count(*) FILTER (WHERE usename = $1) AS of_app,
    count(*) FILTER (WHERE wait_event_type = 'Lock') AS lock_waits,
    coalesce(extract(epoch FROM clock_timestamp() - min(xact_start)
      FILTER (WHERE pid <> pg_backend_pid())) * 1000, 0) AS longest_transaction_ms,
    current_setting('max_connections') AS max_connections,
    current_setting('reserved_connections', true) AS reserved_connections,
    current_setting('superuser_reserved_connections') AS superuser_reserved_connections
  FROM pg_stat_activity
  WHERE backend_type = 'client backend'`;

/**
 * Reads the whole server over a connection past the pooler. `appRole` is the role that the app logs
 * in as.
 */
export function createPostgresReader(parts: {
  readonly client: MonitoredClient;
  readonly appRole: string;
  readonly logger: Logger;
}): LayerReader<PostgresCounts> {
  const { client, appRole, logger } = parts;
  return createLayerReader({
    layer: 'postgres',
    read: async () => toPostgresCounts((await client.query(ACTIVITY, [appRole]))[0] ?? {}),
    abandon: () => client.cut(),
    logger,
  });
}

export function toPostgresCounts(row: Row): PostgresCounts {
  const active = numberOf(row, 'active');
  const idle = numberOf(row, 'idle');
  const idleInTransaction = numberOf(row, 'idle_in_transaction');
  const total = numberOf(row, 'total');
  const ofApp = numberOf(row, 'of_app');
  const maxConnections = numberOf(row, 'max_connections');
  const reservedConnections = numberOf(row, 'reserved_connections');
  const superuserReservedConnections = numberOf(row, 'superuser_reserved_connections');
  return {
    connections: {
      active,
      idle,
      idleInTransaction,
      other: total - active - idle - idleInTransaction,
      total,
      ofApp,
      ofOthers: total - ofApp,
    },
    maxConnections,
    reservedConnections,
    superuserReservedConnections,
    available: maxConnections - reservedConnections - superuserReservedConnections,
    // The server's clock may have been set back since the transaction began.
    longestTransactionMs: Math.max(0, Math.round(numberOf(row, 'longest_transaction_ms'))),
    lockWaits: numberOf(row, 'lock_waits'),
  };
}
