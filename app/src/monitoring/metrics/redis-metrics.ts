import { whileUp, type ObservedMetric } from './observed-metric.ts';

const whenUp = whileUp('redis');

/** Metrics from Redis' INFO. */
export const redisMetrics: readonly ObservedMetric[] = [
  {
    name: 'spywatcher_redis_connected_clients',
    help: 'Clients that are connected to Redis.',
    kind: 'gauge',
    read: whenUp(({ connectedClients }) => connectedClients),
  },
  {
    name: 'spywatcher_redis_memory_used_bytes',
    help: 'Memory that Redis has taken for its data.',
    kind: 'gauge',
    read: whenUp(({ usedMemoryBytes }) => usedMemoryBytes),
  },
  {
    name: 'spywatcher_redis_memory_max_bytes',
    help: 'Memory from which on Redis evicts keys (maxmemory); absent without a limit.',
    kind: 'gauge',
    read: whenUp(({ maxMemoryBytes }) => (maxMemoryBytes === 0 ? undefined : maxMemoryBytes)),
  },
  {
    name: 'spywatcher_redis_uptime_seconds',
    help: 'Time since Redis was started.',
    kind: 'gauge',
    read: whenUp(({ uptimeSeconds }) => uptimeSeconds),
  },
  {
    name: 'spywatcher_redis_connections_total',
    help: 'Connections that Redis has accepted.',
    kind: 'counter',
    read: whenUp(({ totalConnections }) => totalConnections),
  },
  {
    name: 'spywatcher_redis_commands_total',
    help: 'Commands that Redis has run.',
    kind: 'counter',
    read: whenUp(({ totalCommands }) => totalCommands),
  },
  {
    name: 'spywatcher_redis_evicted_keys_total',
    help: 'Keys that went because the memory was full.',
    kind: 'counter',
    read: whenUp(({ evictedKeys }) => evictedKeys),
  },
  {
    name: 'spywatcher_redis_lookups_total',
    help: 'Lookups of keys by result.',
    kind: 'counter',
    label: 'result',
    read: whenUp(({ keyspaceHits, keyspaceMisses }) => ({
      hit: keyspaceHits,
      miss: keyspaceMisses,
    })),
  },
];
