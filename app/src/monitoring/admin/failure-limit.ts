import type { Request, RequestHandler } from 'express';
import { MemoryStore, rateLimit, type RateLimitInfo } from 'express-rate-limit';
import type { Logger } from 'pino';
import { HttpError } from '../../http/http-error.ts';

/** Refuses an address that has failed too often. */
export interface FailureLimit {
  /**
   * Counts the request as a failure before anything else happens; 429 above the limit, even with a
   * valid token.
   */
  readonly count: RequestHandler;
  /** Takes back the failure of a request that was none. */
  takeBack(request: Request): Promise<void>;
}

const WINDOW_MS = 60_000;
const FAILURES = 20;

/**
 * Counts in the memory of the process: it depends on nothing that can be down, and so it never
 * fails open. Each instance counts for itself, which gives an attacker of many instances as many
 * times the guesses: nothing, against a token of 192 bits.
 *
 * It goes by the connection's address, since every header can be made up. Behind a proxy or a NAT
 * all callers share one, so that one of them can lock out the others for a minute: give admins a
 * way of their own (ADMIN_PORT) where that matters.
 *
 * A request is counted when it comes and taken back when it was no failure: counted afterwards,
 * many at once would all pass; taken back at the end of the answer, as the library does, every open
 * stream of events would count as a failure.
 */
export function createFailureLimit(logger: Logger): FailureLimit {
  const store = new MemoryStore();
  /** Window ends, each an object of its own, that a warning was logged for. */
  const warned = new WeakSet<Date>();
  const count = rateLimit({
    windowMs: WINDOW_MS,
    limit: FAILURES,
    store,
    standardHeaders: false,
    legacyHeaders: false,
    // They warn that forwarded addresses are not looked at, which is meant.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    logger: {
      error: (error: unknown) => logger.error({ err: error }, 'admin failure limit'),
      warn: (text: unknown) => logger.warn({ text }, 'admin failure limit'),
    },
    handler: (request, _response, next) => {
      const end = infoOf(request)?.resetTime ?? new Date(Date.now() + WINDOW_MS);
      // Once in a window: a flood must not flood the log.
      if (!warned.has(end))
        logger.warn(
          { address: request.ip },
          'admin access: too many failures, refused for a minute',
        );
      warned.add(end);
      const waitSeconds = Math.max(1, Math.ceil((end.getTime() - Date.now()) / 1_000));
      next(
        new HttpError(
          429,
          'too_many_failures',
          'Too many attempts without a valid token. Try again later.',
        ).withHeaders({ 'Retry-After': `${waitSeconds}` }),
      );
    },
  });
  return {
    count,
    async takeBack(request) {
      const info = infoOf(request);
      if (info === undefined) return;
      delete (request as Limited).rateLimit;
      // Counted in a minute that is over: the next one must not be lowered for it.
      if (info.resetTime !== undefined && info.resetTime.getTime() <= Date.now()) return;
      await store.decrement(info.key);
    },
  };
}

interface Limited {
  rateLimit?: RateLimitInfo;
}

const infoOf = (request: Request): Limited['rateLimit'] => (request as Limited).rateLimit;
