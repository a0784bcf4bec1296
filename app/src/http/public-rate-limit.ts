import type { RequestHandler } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { HttpError } from './http-error.ts';
import { createRequestLeases, type SharedCounts } from './request-leases.ts';

const WINDOW_MS = 60_000;

export interface PublicRateLimit {
  readonly handler: RequestHandler;
  /** Gives back what this instance took in advance; needs Redis for that. */
  close(): Promise<void>;
}

/**
 * Limits the requests of each address in each minute, over all instances, and tells callers where
 * they stand: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-08. Without
 * Redis each instance counts alone.
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
  const policy = `"public"; q=${perMinute}; w=${WINDOW_MS / 1_000}`;
  return {
    async handler({ socket }, response, next) {
      // The address of the connection: a header that anyone can write must not choose it.
      const address = ipKeyGenerator(socket.remoteAddress ?? '');
      const { isAllowed, used, endsAtMs } = await leases.take(address);
      const secondsLeft = Math.max(1, Math.ceil((endsAtMs - Date.now()) / 1_000));
      response.setHeader('RateLimit-Policy', policy);
      response.setHeader(
        'RateLimit',
        `"public"; r=${Math.max(0, perMinute - used)}; t=${secondsLeft}`,
      );
      if (!isAllowed)
        throw new HttpError(
          429,
          'rate_limited',
          'Too many requests. Try again in a minute.',
        ).withHeaders({ 'Retry-After': `${secondsLeft}` });
      next();
    },
    close: () => leases.close(),
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
      // All leave in one write, as everything that is asked for in one turn.
      const [own, total] = await Promise.all([
        redis.hincrby(key, instance, requests),
        redis.hincrby(key, 'total', requests),
        redis.pexpire(key, 2 * WINDOW_MS),
      ]);
      return { own, total };
    },
  };
}
