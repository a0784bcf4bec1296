import {
  parseMonitoringPlan,
  type MonitoringPlan,
} from '../app/src/monitoring/plan/monitoring-plan.ts';
import { asRoot } from './image-set-up.ts';
import type { DockerScope } from './docker.ts';
import type { DatabaseKeys } from './pooled-database.ts';

/** The plan of an environment whose servers were started with these keys; the rooms are twice what is there. */
export function planOf({ pgbouncer, postgres }: DatabaseKeys, poolMax: number): MonitoringPlan {
  const poolSize = Number(pgbouncer['default_pool_size']);
  const reservePoolSize = Number(pgbouncer['reserve_pool_size']);
  const maxClientConn = Number(pgbouncer['max_client_conn']);
  const maxConnections = Number(postgres['max_connections']);
  return {
    intervalSeconds: 60,
    warnPercent: 80,
    criticalPercent: 95,
    slowQueryMs: 1_000,
    longTransactionMs: 10_000,
    queryWaitTimeoutMs: Number(pgbouncer['query_wait_timeout']) * 1_000,
    app: { poolMax },
    pooler: { poolSize, reservePoolSize, maxClientConn, config: pgbouncer },
    postgres: {
      maxConnections,
      reservedConnections: Number(postgres['reserved_connections']),
      superuserReservedConnections: Number(postgres['superuser_reserved_connections']),
    },
    room: {
      'app.poolMax': poolMax * 2,
      'pooler.poolSize': poolSize * 2,
      'pooler.maxClientConn': maxClientConn * 2,
      'postgres.maxConnections': maxConnections * 2,
    },
    budget: [
      { name: 'client connections', path: 'app -> PgBouncer', used: poolMax, limit: maxClientConn },
      {
        name: 'server connections',
        path: 'PgBouncer -> Postgres',
        used: poolSize + reservePoolSize,
        limit: maxConnections,
      },
    ],
  };
}

/** Replaces the plan in the volume as a whole, as the stack does: nobody ever reads half of one. */
export async function writePlan(
  scope: DockerScope,
  volume: string,
  plan: MonitoringPlan,
): Promise<void> {
  const text = JSON.stringify(plan);
  parseMonitoringPlan(text);
  await asRoot(
    scope,
    volume,
    'printf %s "$1" >/volume/next && mv /volume/next "/volume/$2"',
    text,
    PLAN_FILE,
  );
}

export const PLAN_FILE = 'monitoring-plan.json';
