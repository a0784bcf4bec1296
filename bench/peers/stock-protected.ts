/**
 * The stock app with what ours has around its routes: headers, a limit that instances share,
 * metrics and a log of requests, each as its README says.
 */
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';
import { RedisStore, type RedisReply } from 'rate-limit-redis';
import { serveExpress } from './express-routes.ts';

const WINDOW_MS = 60_000;
/** More than any load here sends: the limit is counted and never reached. */
const LIMIT = 10_000_000;

serveExpress((app, { redis }) => {
  app.use(pinoHttp());
  app.use(helmet());
  app.use(measureRequests());
  app.use(
    '/api',
    rateLimit({
      windowMs: WINDOW_MS,
      limit: LIMIT,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      store: new RedisStore({
        sendCommand: (command: string, ...args: string[]) =>
          redis.call(command, ...args) as Promise<RedisReply>,
      }),
    }),
  );
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', register.contentType).send(await register.metrics());
  });
});

function measureRequests(): RequestHandler {
  collectDefaultMetrics();
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests in seconds',
    labelNames: ['method', 'route', 'status'],
  });
  return (request, response, next) => {
    const end = duration.startTimer();
    response.on('finish', () => {
      const { path = 'none' } = (request.route ?? {}) as { readonly path?: string };
      end({ method: request.method, route: path, status: response.statusCode });
    });
    next();
  };
}
