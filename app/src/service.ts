import type { Logger } from 'pino';
import { openDatabase } from './clients/database.ts';
import { openRedis } from './clients/redis.ts';
import type { AppEnv } from './env.ts';
import { createApplication } from './http/application.ts';
import { createHttpServer } from './http/server.ts';
import { createReadiness } from './readiness.ts';
import type { Shutdown } from './shutdown.ts';

/** Opens the clients, serves until the shutdown closes what is registered here. Needs neither database nor Redis to start. */
export async function startService(env: AppEnv, logger: Logger, shutdown: Shutdown): Promise<void> {
  const redis = openRedis(env.redis, logNews(logger, 'redis'));
  shutdown.register('redis', () => redis.close());

  const database = openDatabase(env.database, logNews(logger, 'database'));
  shutdown.register('database', () => database.close());

  let isWarm = false;
  const readiness = createReadiness({
    isDraining: () => shutdown.isDraining,
    askDatabase: async () => {
      await database.pool.query('SELECT 1');
      if (isWarm) return;
      // Prisma's first query compiles for a quarter of a second: no caller should wait for that. It proves the schema, too.
      await database.prisma.presence.findFirst({ select: { status: true } });
      isWarm = true;
    },
    askRedis: () => redis.ping(),
    logger,
  });

  const application = createApplication({ env, logger, database, redis, readiness });
  const server = createHttpServer(application, env);
  if (shutdown.isDraining) return;
  shutdown.register('http server', () => server.close());
  await server.listen(env.host, env.port);
  logger.info({ host: env.host, port: env.port }, 'listening');
  void readiness.check();
}

/** A layer that is down fails several times a second, each time alike: what repeats is for `debug`. */
function logNews(logger: Logger, layer: string): (error: Error) => void {
  let last: string | undefined;
  return (error) => {
    const isNew = error.message !== last;
    last = error.message;
    logger[isNew ? 'warn' : 'debug']({ err: error, layer }, 'connection failed');
  };
}
