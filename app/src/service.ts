import type { Logger } from 'pino';
import { openDatabase } from './clients/database.ts';
import { openRedis } from './clients/redis.ts';
import type { AppEnv } from './environment/app-environment.ts';
import { createAdminApplication, createApplication } from './application.ts';
import { openPublicRateLimit } from './http/public-rate-limit.ts';
import { createHttpServer } from './http/server.ts';
import { openMeasuring, startMonitoring } from './monitoring/open-monitoring.ts';
import { openPlanFile } from './monitoring/plan/plan-file.ts';
import { createReadiness } from './readiness.ts';
import type { Shutdown } from './shutdown.ts';

/**
 * Opens the clients, serves until the shutdown closes what is registered here. Needs neither
 * database nor Redis to start.
 * @throws {FaultyInputError} without a usable plan of what is monitored; nothing is open then.
 */
export async function startService(env: AppEnv, logger: Logger, shutdown: Shutdown): Promise<void> {
  const context = { env, logger, shutdown };
  // Ahead of everything that is opened: without a usable plan the process ends, and an open client
  // would keep it alive.
  const planned =
    env.monitoring === 'off'
      ? undefined
      : { settings: env.monitoring, planFile: await openPlanFile(env.monitoring.planFile, logger) };

  const redis = openRedis(env.redis, logNews(logger, 'redis'));
  shutdown.register('redis', () => redis.close());

  const rateLimit = openPublicRateLimit(env.publicRateLimitPerMinute, redis.commands, logger);
  shutdown.register('public rate limit', () => rateLimit.close());

  const measuring = planned === undefined ? undefined : openMeasuring(context, planned, redis);

  const database = openDatabase(env.database, logNews(logger, 'database'));
  shutdown.register('database', () => database.close());

  let isWarm = false;
  const readiness = createReadiness({
    isDraining: () => shutdown.isDraining,
    askDatabase: async () => {
      await database.pool.query('SELECT 1');
      if (isWarm) return;
      // Prisma's first query compiles for a quarter of a second: no caller should wait for that. It
      // proves the schema, too.
      await database.prisma.presence.findFirst({ select: { status: true } });
      isWarm = true;
    },
    askRedis: () => redis.ping(),
    logger,
  });

  const monitoring =
    measuring === undefined ? undefined : startMonitoring(context, measuring, database);
  const hasOwnPort = env.adminPort !== env.port;
  const frame = { env, logger, observeHttp: monitoring?.observeHttp };
  const listeners = [
    {
      name: 'http server',
      port: env.port,
      application: createApplication({
        ...frame,
        database,
        redis,
        readiness,
        limitPublicRate: rateLimit.handler,
        admin: hasOwnPort ? undefined : monitoring?.admin,
      }),
    },
  ];
  if (monitoring !== undefined && hasOwnPort)
    listeners.push({
      name: 'admin server',
      port: env.adminPort,
      application: createAdminApplication({ ...frame, admin: monitoring.admin }),
    });

  for (const { name, port, application } of listeners) {
    const server = createHttpServer(application, env);
    if (shutdown.isDraining) return;
    shutdown.register(name, server);
    await server.listen(env.host, port);
    logger.info(
      { host: env.host, port },
      name === 'http server' ? 'listening' : 'listening for admins',
    );
  }
  void readiness.check();
}

/**
 * Logs new errors as warnings and repeated ones at `debug`: a layer that is down fails several
 * times a second.
 */
function logNews(logger: Logger, layer: string): (error: Error) => void {
  let last: string | undefined;
  return (error) => {
    const isNew = error.message !== last;
    last = error.message;
    logger[isNew ? 'warn' : 'debug']({ err: error, layer }, 'connection failed');
  };
}
