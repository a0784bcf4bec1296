import type { RequestHandler } from 'express';
import { rateLimit, type Store } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { HttpError } from './http-error.ts';

const WINDOW_MS = 60_000;

/**
 * Counts requests of each address in Redis, a minute at a time. Fails open: without Redis nobody is
 * refused.
 */
export function limitPublicRate(perMinute: number, redis: Redis, logger: Logger): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'public',
    store: createWindowStore(redis),
    passOnStoreError: true,
    logger: {
      error: (error: unknown) => logger.debug({ err: error }, 'public rate limit is open'),
      warn: (text: unknown) => logger.warn({ text }, 'rate limit'),
    },
    handler: (_request, _response, next) => {
      next(new HttpError(429, 'rate_limited', 'Too many requests. Try again in a minute.'));
    },
  });
}

/**
 * One key for each address and window, so that no script is needed and a lost expiry leaves a dead
 * key, not a locked-out caller. rate-limit-redis is not used: its scripts are loaded once, and with
 * Redis down at that moment it stays broken for good.
 */
function createWindowStore(redis: Redis): Store {
  const keyOf = (address: string, window: number) => `limit:${address}:${window}`;
  const currentWindow = () => Math.floor(Date.now() / WINDOW_MS);
  return {
    async increment(address) {
      const window = currentWindow();
      const key = keyOf(address, window);
      // Both leave in one write: ioredis pipelines what is issued in one tick.
      const [totalHits] = await Promise.all([redis.incr(key), redis.pexpire(key, 2 * WINDOW_MS)]);
      return { totalHits, resetTime: new Date((window + 1) * WINDOW_MS) };
    },
    async decrement(address) {
      await redis.decr(keyOf(address, currentWindow()));
    },
    async resetKey(address) {
      await redis.del(keyOf(address, currentWindow()));
    },
  };
}
