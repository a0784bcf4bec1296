import type { LogBlocks } from '../../log/pretty-log.ts';
import { METRICS_KEY, type MetricsEntry } from './metrics-entry.ts';

const MIB = 1_048_576;

/** Renders what this module logs under a key of its own, for the readable log. */
export const metricsBlocks: LogBlocks = {
  [METRICS_KEY]: (entry) => renderMetricsBlock(entry as MetricsEntry),
};

/**
 * Renders one entry of the metrics log as a block of text for people, without a newline at its end.
 */
function renderMetricsBlock({ healthy, timestamp, database, redis }: MetricsEntry): string {
  const { active, idle, total, max, utilizationPercent, isPgBouncer } = database.connectionPool;
  return [
    '=== Connection Pool Metrics ===',
    `Timestamp: ${timestamp.replace(/\.\d+Z$/, 'Z')}`,
    `Overall Health: ${healthy ? '✅ HEALTHY' : '❌ UNHEALTHY'}`,
    '',
    '--- Database ---',
    `Health: ${mark(database.healthy)}`,
    `Response Time: ${database.responseTime}ms`,
    'Connection Pool:',
    `  Active: ${active}`,
    `  Idle: ${idle}`,
    `  Total: ${total}`,
    `  Max: ${max}`,
    `  Utilization: ${utilizationPercent}%`,
    `  PgBouncer: ${isPgBouncer ? 'Yes' : 'No'}`,
    '',
    '--- Redis ---',
    `Available: ${mark(redis.available)}`,
    `Connected: ${mark(redis.connected)}`,
    `Status: ${redis.status}`,
    ...(redis.metrics === null
      ? []
      : [
          'Metrics:',
          `  Total Connections: ${redis.metrics.totalConnections}`,
          `  Total Commands: ${redis.metrics.totalCommands}`,
          `  Ops/sec: ${redis.metrics.opsPerSecond}`,
          `  Memory Used: ${(redis.metrics.usedMemoryBytes / MIB).toFixed(1)}MB`,
        ]),
    '==============================',
  ].join('\n');
}

const mark = (isWell: boolean): string => (isWell ? '✅' : '❌');
