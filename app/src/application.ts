import express, { type Express, type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from './clients/database.ts';
import type { RedisClient } from './clients/redis.ts';
import type { AppEnv } from './environment/app-environment.ts';
import { createPresenceCache } from './presence/presence-cache.ts';
import { createPresenceRoutes } from './presence/presence-routes.ts';
import type { Readiness } from './readiness.ts';
import { answerErrors, answerNotFound } from './http/error-answers.ts';
import { addProbes } from './http/probes.ts';
import { answerWithin } from './http/request-deadline.ts';
import { secureAnswers } from './http/security-headers.ts';

interface Frame {
  readonly env: Pick<AppEnv, 'requestTimeoutMs'>;
  readonly logger: Logger;
  /** Sees every request first, and how long its answer took. */
  readonly observeHttp?: RequestHandler | undefined;
}

/** Creates the application of the public listener. */
export function createApplication(
  parts: Frame & {
    readonly database: Database;
    readonly redis: RedisClient;
    readonly readiness: Readiness;
    readonly limitPublicRate: RequestHandler;
    /** Where it is not served here, or not at all, its paths are not found, in any letter case. */
    readonly admin?: Router | undefined;
  },
): Express {
  const { logger, database, redis, readiness, limitPublicRate, admin } = parts;
  return frame(parts, (application) => {
    addProbes(application, readiness);
    // Ahead of the public limiter: who watches while the public limit is reached must get through.
    application.use('/api/admin', admin ?? answerNotFound);
    application.use('/api', limitPublicRate);
    application.use(
      '/api',
      createPresenceRoutes(database, createPresenceCache(redis.commands, logger)),
    );
  });
}

/** Creates the application of a separate admin listener, which serves nothing else. */
export function createAdminApplication(parts: Frame & { readonly admin: Router }): Express {
  return frame(parts, (application) => application.use('/api/admin', parts.admin));
}

/** Adds what stands before and behind all routes. */
function frame(
  { env, logger, observeHttp }: Frame,
  addRoutes: (application: Express) => void,
): Express {
  const application = express();
  application.disable('x-powered-by');
  application.disable('etag');
  // The limiters go by the connection's address: a header that anyone can write must not choose it.
  application.set('trust proxy', false);
  application.set('query parser', 'simple');

  if (observeHttp !== undefined) application.use(observeHttp);
  application.use(answerWithin(env.requestTimeoutMs, logger));
  application.use(secureAnswers);
  addRoutes(application);
  application.use(answerNotFound);
  application.use(answerErrors(logger));
  return application;
}
