import type { Redis } from 'ioredis';
import { once } from 'node:events';
import type { RedisSettings } from '../environment/app-environment.ts';
import { BatchingRedis } from './batching-redis.ts';

export interface RedisClient {
  /**
   * Client whose commands end within `commandTimeoutMs`, and at once while there is no connection.
   */
  readonly commands: Redis;
  /** Rejects when Redis does not answer; waits for a connection that is being made. */
  ping(): Promise<void>;
  /**
   * QUIT, so that replies in flight still arrive; after `QUIT_TIMEOUT_MS` the connection is cut.
   */
  close(): Promise<void>;
}

const QUIT_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_STEP_MS = 100;
const RECONNECT_MAX_MS = 2_000;

/**
 * Connects in the background and keeps reconnecting: the app is correct without Redis.
 * @param onError is called for each broken connection; without a listener ioredis prints to the
 * console.
 */
export function openRedis(settings: RedisSettings, onError: (error: Error) => void): RedisClient {
  const { address } = settings;
  const redis = new BatchingRedis({
    host: address.host,
    port: address.port,
    username: address.username,
    password: address.password,
    connectionName: 'spywatcher',
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: settings.commandTimeoutMs,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    retryStrategy: (attempt) =>
      Math.min(attempt * RECONNECT_STEP_MS, RECONNECT_MAX_MS) * (0.5 + Math.random() / 2),
  });
  redis.on('error', onError);
  return { commands: redis, ping: () => pingRedis(redis), close: () => closeRedis(redis) };
}

async function pingRedis(redis: Redis): Promise<void> {
  if (redis.status === 'connecting' || redis.status === 'connect')
    await Promise.race([once(redis, 'ready'), once(redis, 'close')]);
  await redis.ping();
}

/** Sends QUIT with a time limit: one that Redis never answers would stay pending. */
async function closeRedis(redis: Redis): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, QUIT_TIMEOUT_MS)));
  await Promise.race([redis.quit().catch(() => undefined), timeout]);
  clearTimeout(timer);
  redis.disconnect();
}
