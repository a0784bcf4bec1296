import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import type { Observation } from '../observing/observation.ts';
import { type Layers, toPercent } from '../readings/readings.ts';
import type { Limits } from './body-schemas.ts';

type Use = Limits['use'][number];

/** Puts the planned limits beside their present use. */
export function toLimits({ plan, layers }: Pick<Observation, 'plan' | 'layers'>): Limits {
  const { warnPercent, criticalPercent, queryWaitTimeoutMs } = plan;
  return {
    warnPercent,
    criticalPercent,
    queryWaitTimeoutMs,
    budget: plan.budget.map(({ name, path, used, limit }) => ({
      name,
      path,
      planned: used,
      limit,
    })),
    use: [
      ofApp(layers, plan),
      ...ofPooler(layers, plan),
      ofPostgres(layers, plan),
      ofRedis(layers),
    ],
  };
}

function ofApp({ app }: Layers, plan: MonitoringPlan): Use {
  return toUse({
    layer: 'app',
    what: 'client connections',
    setting: 'app.poolMax',
    planned: plan.app.poolMax,
    used: app.active,
    limit: app.max,
  });
}

function ofPooler({ pgbouncer }: Layers, { pooler }: MonitoringPlan): Use[] {
  if (pooler === 'off' || pgbouncer.state === 'off') return [];
  const { clients, servers } = pgbouncer.state === 'up' ? pgbouncer : {};
  const processes = pooler.processes?.length ?? 1;
  return [
    toUse({
      layer: 'pgbouncer',
      what: 'client connections',
      setting: 'pooler.maxClientConn',
      planned: pooler.maxClientConn * processes,
      used: clients?.total,
      limit: clients?.max,
    }),
    toUse({
      layer: 'pgbouncer',
      what: 'server connections',
      setting: 'pooler.poolSize',
      planned: pooler.poolSize * processes,
      used: servers?.active,
      limit: servers?.poolSize,
    }),
  ];
}

function ofPostgres({ postgres }: Layers, { postgres: planned }: MonitoringPlan): Use {
  const { connections, available } = postgres.state === 'up' ? postgres : {};
  return toUse({
    layer: 'postgres',
    what: 'connections',
    setting: 'postgres.maxConnections',
    planned:
      planned.maxConnections - planned.reservedConnections - planned.superuserReservedConnections,
    used: connections?.total,
    limit: available,
  });
}

function ofRedis({ redis }: Layers): Use {
  const { usedMemoryBytes, maxMemoryBytes } = redis.state === 'up' ? redis : {};
  // Redis reports 0 for "no limit".
  const limit = maxMemoryBytes === 0 ? undefined : maxMemoryBytes;
  return {
    ...toUse({
      layer: 'redis',
      what: 'memory',
      setting: 'redis.maxMemoryMiB',
      planned: null,
      used: usedMemoryBytes,
      limit,
    }),
    unit: 'bytes',
  };
}

function toUse(
  use: Pick<Use, 'layer' | 'what' | 'setting' | 'planned'> & {
    readonly used: number | undefined;
    readonly limit: number | undefined;
  },
): Use {
  const { used, limit } = use;
  const percent =
    used === undefined || limit === undefined || limit === 0 ? null : toPercent(used, limit);
  return { ...use, unit: 'connections', used: used ?? null, limit: limit ?? null, percent };
}
