import type { RequestHandler } from 'express';
import { rateLimit, type Store } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { HttpError } from './http-error.ts';
import { createRequestLeases, type RequestLeases, type SharedCounts } from './request-leases.ts';

const WINDOW_MS = 60_000;

export interface PublicRateLimit {
  readonly handler: RequestHandler;
  /** Gives back what this instance took in advance; needs Redis for that. */
  close(): Promise<void>;
}

/**
 * Limits the requests of each address in each minute, over all instances. Without Redis each
 * instance counts alone.
 */
export function openPublicRateLimit(
  perMinute: number,
  redis: Redis,
  logger: Logger,
): PublicRateLimit {
  const leases = createRequestLeases({
    limit: perMinute,
    windowMs: WINDOW_MS,
    counts: countInRedis(redis),
    onAlone: (error) => logger.debug({ err: error }, 'public rate limit counts alone'),
  });
  // A Redis that was restarted may have forgotten.
  redis.on('ready', () => void leases.restore());
  const handler = rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'public',
    store: takeFrom(leases),
    logger: {
      error: (error: unknown) => logger.error({ err: error }, 'rate limit'),
      warn: (text: unknown) => logger.warn({ text }, 'rate limit'),
    },
    handler: (_request, _response, next) => {
      next(new HttpError(429, 'rate_limited', 'Too many requests. Try again in a minute.'));
    },
  });
  return { handler, close: () => leases.close() };
}

/**
 * Adapts leases to express-rate-limit, which calls the two other methods only for requests that are
 * not to be counted after all; there are none.
 */
function takeFrom(leases: RequestLeases): Store {
  return {
    async increment(address) {
      const { used, endsAtMs } = await leases.take(address);
      return { totalHits: used, resetTime: new Date(endsAtMs) };
    },
    decrement: () => undefined,
    resetKey: () => undefined,
  };
}

/**
 * One hash for each address and window, with the part of each instance and their sum, so that no
 * script is needed and a lost expiry leaves a dead key, not a locked-out caller.
 */
function countInRedis(redis: Redis): SharedCounts {
  const instance = randomBytes(8).toString('base64url');
  return {
    async add(address, window, requests) {
      const key = `requests:${address}:${window}`;
      // All leave in one write: ioredis pipelines what is issued in one tick.
      const [own, total] = await Promise.all([
        redis.hincrby(key, instance, requests),
        redis.hincrby(key, 'total', requests),
        redis.pexpire(key, 2 * WINDOW_MS),
      ]);
      return { own, total };
    },
  };
}
