import type { PoolerCounts, PostgresCounts } from '../app/src/monitoring/readings/readings.ts';
import type { HealthBody } from '../app/src/monitoring/bodies/body-schemas.ts';
import { credentials } from './live-credentials.ts';
import { show } from './pgbouncer-console.ts';
import type { PooledDatabase } from './pooled-database.ts';

/** What psql and the console say, less the session in which they are asked. */
export interface Shown {
  readonly postgres: Readonly<
    Record<'total' | 'idle' | 'idleInTransaction' | 'active' | 'ofApp' | 'lockWaits', number>
  >;
  readonly pgbouncer: Readonly<
    Record<'clActive' | 'clWaiting' | 'svActive' | 'svIdle' | 'clients' | 'clientsOfApp', number>
  >;
}

/** Asks psql and the console. */
export async function askServers(live: PooledDatabase): Promise<Shown> {
  const counts = await live.ask(`
    SELECT count(*),
      count(*) FILTER (WHERE state = 'idle'),
      count(*) FILTER (WHERE state LIKE 'idle in transaction%'),
      count(*) FILTER (WHERE state = 'active'),
      count(*) FILTER (WHERE usename = '${credentials.app.name}'),
      count(*) FILTER (WHERE wait_event_type = 'Lock')
    FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`);
  const [
    total = NaN,
    idle = NaN,
    idleInTransaction = NaN,
    active = NaN,
    ofApp = NaN,
    lockWaits = NaN,
  ] = counts.split('|').map(Number);
  const pools = (await show(live.pgbouncer, 'SHOW POOLS')).filter(
    ({ database }) => database !== 'pgbouncer',
  );
  const clients = await show(live.pgbouncer, 'SHOW CLIENTS');
  const lists = await show(live.pgbouncer, 'SHOW LISTS');
  const sum = (column: string) => pools.reduce((result, row) => result + Number(row[column]), 0);
  return {
    postgres: { total, idle, idleInTransaction, active, ofApp, lockWaits },
    pgbouncer: {
      clActive: sum('cl_active'),
      clWaiting: sum('cl_waiting'),
      svActive: sum('sv_active'),
      svIdle: sum('sv_idle') + sum('sv_used'),
      clients: Number(lists.find(({ list }) => list === 'used_clients')?.['items']) - 1,
      clientsOfApp: clients.filter((row) => row['application_name'] === 'spywatcher').length,
    },
  };
}

/**
 * The same numbers out of the app's answer. The reading's own connection is idle for psql, and
 * active while it reads.
 */
export function shownBy({ layers }: HealthBody): Shown {
  const { connections, lockWaits } = layers.postgres as PostgresCounts;
  const { clients, servers } = layers.pgbouncer as PoolerCounts;
  const { total, idle, idleInTransaction, active, ofApp } = connections;
  return {
    postgres: { total, idle: idle + 1, idleInTransaction, active: active - 1, ofApp, lockWaits },
    pgbouncer: {
      clActive: clients.active,
      clWaiting: clients.waiting,
      svActive: servers.active,
      svIdle: servers.idle + servers.used,
      clients: clients.total,
      clientsOfApp: layers.app.total,
    },
  };
}
