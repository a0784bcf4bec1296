import type { MetricsEntry } from '../monitoring/metrics/metrics-entry.ts';

const MIB = 1_048_576;

/** One entry of the metrics log as a block of text for people, without a newline at its end. */
export function renderMetricsBlock({ healthy, timestamp, database, redis }: MetricsEntry): string {
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
