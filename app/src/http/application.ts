import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Database } from '../clients/database.ts';
import type { RedisClient } from '../clients/redis.ts';
import type { AppEnv } from '../env.ts';
import { createPresenceCache } from '../presence/presence-cache.ts';
import { createPresenceRoutes } from '../presence/presence-routes.ts';
import type { Readiness } from '../readiness.ts';
import { answerErrors, answerNotFound } from './error-answers.ts';
import { createProbes } from './probes.ts';
import { limitPublicRate } from './public-rate-limit.ts';
import { answerWithin } from './request-deadline.ts';

/** All routes and what stands before and behind them. */
export function createApplication(parts: {
  readonly env: AppEnv;
  readonly logger: Logger;
  readonly database: Database;
  readonly redis: RedisClient;
  readonly readiness: Readiness;
}): Express {
  const { env, logger, database, redis, readiness } = parts;
  const application = express();
  application.disable('x-powered-by');
  application.disable('etag');
  // The limiter goes by the connection's address: a header that anyone can write must not choose it.
  application.set('trust proxy', false);
  application.set('query parser', 'simple');

  application.use(answerWithin(env.requestTimeoutMs, logger));
  application.use(helmet());
  application.use(createProbes(readiness));
  application.use('/api', limitPublicRate(env.publicRateLimitPerMinute, redis.commands, logger));
  application.use('/api', createPresenceRoutes(database, createPresenceCache(redis.commands, logger)));
  application.use(answerNotFound);
  application.use(answerErrors(logger));
  return application;
}
