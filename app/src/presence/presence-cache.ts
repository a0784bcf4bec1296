import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { UserPresence } from './presence-store.ts';

export interface PresenceCache {
  /** Finds a cached value; undefined when there is none, or when Redis does not answer. */
  find(userId: string): Promise<UserPresence | undefined>;
  /** Has no effect when the user was reported again since the value was read. */
  keep(presence: UserPresence): Promise<void>;
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
        if (text === null || text === WRITTEN) return undefined;
        const presence = JSON.parse(text) as UserPresence | null;
        // A reply that belongs to another command must not become this user's state.
        return presence?.userId === userId ? presence : undefined;
      });
    },
    async keep(presence) {
      await quietly(() =>
        redis.set(keyOf(presence.userId), JSON.stringify(presence), 'PX', TTL_MS, 'NX'),
      );
    },
    async forget(userId) {
      await quietly(() => redis.set(keyOf(userId), WRITTEN, 'PX', WRITTEN_TTL_MS));
    },
  };
}
