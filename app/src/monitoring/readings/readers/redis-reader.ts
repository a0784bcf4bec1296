import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { RedisCounts } from '../readings.ts';
import { createLayerReader, type LayerReader } from './layer-reader.ts';

/**
 * Asks over the app's own connection, whose commands have a deadline of their own: there is nothing
 * to abandon.
 */
export function createRedisReader(redis: Redis, logger: Logger): LayerReader<RedisCounts> {
  let connectionError: Error | undefined;
  redis.on('error', (error) => (connectionError = error));
  redis.on('ready', () => (connectionError = undefined));
  return createLayerReader({
    layer: 'redis',
    read: async () => {
      try {
        return toRedisCounts(await askForInfo(redis), redis.status);
      } catch (error) {
        // Without a connection a command fails alike whatever the reason; the connection's own
        // error tells which.
        throw connectionError ?? error;
      }
    },
    abandon: () => undefined,
    logger,
  });
}

/**
 * Asks once more when the answer was late: a command may take less time than a reading, and
 * ioredis' clock runs on while this process is too busy to look at an answer that is there.
 */
async function askForInfo(redis: Redis): Promise<string> {
  try {
    return await redis.info();
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'Command timed out') throw error;
    return redis.info();
  }
}

/** @param info the text of INFO, https://redis.io/docs/latest/commands/info/ */
export function toRedisCounts(info: string, status: string): RedisCounts {
  const fields = new Map(
    info.split('\r\n').map((line) => line.split(':', 2) as [string, string | undefined]),
  );
  const field = (name: string): number => Number(fields.get(name) ?? 0);
  return {
    status,
    connectedClients: field('connected_clients'),
    totalConnections: field('total_connections_received'),
    totalCommands: field('total_commands_processed'),
    opsPerSecond: field('instantaneous_ops_per_sec'),
    usedMemoryBytes: field('used_memory'),
    maxMemoryBytes: field('maxmemory'),
    evictedKeys: field('evicted_keys'),
    keyspaceHits: field('keyspace_hits'),
    keyspaceMisses: field('keyspace_misses'),
    uptimeSeconds: field('uptime_in_seconds'),
  };
}
