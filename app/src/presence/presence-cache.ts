import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

export interface PresenceCache {
  /** Finds the JSON that was kept; undefined when there is none, or when Redis does not answer. */
  find(userId: string): Promise<string | undefined>;
  /**
   * Keeps a presence as JSON, which begins with its `userId`. Has no effect when the user was
   * reported again since it was read.
   */
  keep(userId: string, json: string): Promise<void>;
  forget(userId: string): Promise<void>;
}

/**
 * Longest time that a reader may see an old state after a write whose `forget` did not reach Redis.
 */
const TTL_MS = 5_000;

/**
 * Value of the key after a write, so that a reader that began before it cannot put the old state
 * back.
 */
const WRITTEN = 'written';
const WRITTEN_TTL_MS = 2_000;

/** Creates a cache whose methods never reject: without Redis the app is slower, not wrong. */
export function createPresenceCache(redis: Redis, logger: Logger): PresenceCache {
  const keyOf = (userId: string) => `presence:${userId}`;
  const quietly = async <T>(use: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await use();
    } catch (error) {
      logger.debug({ err: error }, 'presence cache does not answer');
      return undefined;
    }
  };
  return {
    async find(userId) {
      return quietly(async () => {
        const text = await redis.get(keyOf(userId));
        // Neither the mark of a write nor a reply that belongs to another command must become this
        // user's state.
        return text?.startsWith(`{"userId":"${userId}",`) === true ? text : undefined;
      });
    },
    async keep(userId, json) {
      await quietly(() => redis.set(keyOf(userId), json, 'PX', TTL_MS, 'NX'));
    },
    async forget(userId) {
      await quietly(() => redis.set(keyOf(userId), WRITTEN, 'PX', WRITTEN_TTL_MS));
    },
  };
}
