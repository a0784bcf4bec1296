import { toLimits } from './limits.ts';
import type { Observation } from '../observing/observation.ts';
import { toPercent } from '../readings/readings.ts';
import type { AlertsBody, HealthBody, PoolBody, StateBody } from './body-schemas.ts';

/**
 * Returns whether every layer that this environment has answers. Redis counts too: the app works
 * without it, but it needs attention.
 */
export function isHealthy({
  layers: { pgbouncer, postgres, redis },
}: Pick<Observation, 'layers'>): boolean {
  return [pgbouncer, postgres, redis].every(({ state }) => state !== 'down');
}

/** Builds the body of `GET connections/health`. */
export function toHealthBody(observation: Observation): HealthBody {
  return {
    healthy: isHealthy(observation),
    timestamp: observation.at,
    database: toDatabaseHealth(observation),
    redis: toRedisHealth(observation),
    ...toContext(observation),
  };
}

/** Builds the body of `GET connections/pool`. */
export function toPoolBody(observation: Observation): PoolBody {
  const { healthy, connectionPool } = toDatabaseHealth(observation);
  const { available, connected } = toRedisHealth(observation);
  const { active, total, max } = connectionPool;
  return {
    database: {
      utilizationPercent: toPercent(total, max),
      activeConnections: active,
      maxConnections: max,
      isHealthy: healthy,
    },
    redis: { available, connected },
    timestamp: observation.at,
    ...toContext(observation),
  };
}

/** Builds the body of `GET connections/alerts`. */
export function toAlertsBody(observation: Observation): AlertsBody {
  const { at, alerts } = observation;
  return {
    alerts: alerts.map(({ severity, message }) => `${severity.toUpperCase()}: ${message}`),
    count: alerts.length,
    timestamp: at,
    details: alerts,
    ...toContext(observation),
  };
}

/** Builds the data of a `state` event. */
export function toStateBody(observation: Observation): StateBody {
  const { at, alerts, isShuttingDown } = observation;
  return { at, healthy: isHealthy(observation), alerts, isShuttingDown, ...toContext(observation) };
}

/**
 * Describes the database as a caller sees it, pooler included. `connectionPool` counts the
 * connections of the whole server; while it is down they are 0 and `max` is the planned one.
 */
export function toDatabaseHealth({
  layers,
  plan,
  isShuttingDown,
}: Observation): HealthBody['database'] {
  const { pgbouncer, postgres } = layers;
  const total = postgres.state === 'up' ? postgres.connections.total : 0;
  const idle = postgres.state === 'up' ? postgres.connections.idle : 0;
  const max = postgres.state === 'up' ? postgres.maxConnections : plan.postgres.maxConnections;
  return {
    healthy: postgres.state === 'up' && pgbouncer.state !== 'down',
    responseTime: postgres.state === 'off' ? 0 : Math.round(postgres.tookMs),
    connectionPool: {
      active: total - idle,
      idle,
      total,
      max,
      utilizationPercent: toPercent(total, max).toFixed(2),
      isPgBouncer: pgbouncer.state !== 'off',
      isShuttingDown,
    },
  };
}

/** Describes Redis. `available`: it answered. `connected`: the app can use it now. */
export function toRedisHealth({
  layers: { redis },
}: Pick<Observation, 'layers'>): HealthBody['redis'] {
  if (redis.state !== 'up') return { available: false, connected: false, status: redis.state };
  return { available: true, connected: redis.status === 'ready', status: redis.status };
}

function toContext({
  verdict,
  layers,
  plan,
}: Observation): Pick<StateBody, 'verdict' | 'layers' | 'limits'> {
  return { verdict, layers, limits: toLimits({ plan, layers }) };
}
