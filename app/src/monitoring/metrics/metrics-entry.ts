import { isHealthy, toDatabaseHealth, toRedisHealth } from '../bodies/bodies.ts';
import type { Observation } from '../observing/observation.ts';
import type { RedisCounts } from '../readings/readings.ts';

/** Key of a log entry that holds the metrics; the readable log prints its value as a block. */
export const METRICS_KEY = 'connectionMetrics';

/**
 * Numbers of one entry of the metrics log: those of `GET connections/health`, and counters of
 * Redis.
 */
export interface MetricsEntry {
  readonly healthy: boolean;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly database: ReturnType<typeof toDatabaseHealth>;
  /** `metrics` is null while Redis is down. */
  readonly redis: ReturnType<typeof toRedisHealth> & { readonly metrics: RedisMetrics | null };
}

type RedisMetrics = Pick<
  RedisCounts,
  'totalConnections' | 'totalCommands' | 'opsPerSecond' | 'usedMemoryBytes'
>;

export function toMetricsEntry(observation: Observation): MetricsEntry {
  return {
    healthy: isHealthy(observation),
    timestamp: observation.at,
    database: toDatabaseHealth(observation),
    redis: { ...toRedisHealth(observation), metrics: toRedisMetrics(observation) },
  };
}

function toRedisMetrics({ layers: { redis } }: Observation): RedisMetrics | null {
  if (redis.state !== 'up') return null;
  const { totalConnections, totalCommands, opsPerSecond, usedMemoryBytes } = redis;
  return { totalConnections, totalCommands, opsPerSecond, usedMemoryBytes };
}
