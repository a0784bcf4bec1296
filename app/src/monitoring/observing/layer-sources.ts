import type { Logger } from 'pino';
import type { RedisClient } from '../../clients/redis.ts';
import type { MonitoringSettings } from '../../environment/app-environment.ts';
import type { LayerSources, Monitoring } from './monitoring.ts';
import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { createSlowQueriesSearch } from '../readings/slow-queries-search.ts';
import { openMonitoredClient } from '../readings/readers/monitored-client.ts';
import { openPoolerConsoles } from '../readings/readers/pooler-consoles.ts';
import { createPoolerReader } from '../readings/readers/pooler-reader.ts';
import { createPostgresReader } from '../readings/readers/postgres-reader.ts';
import { createRedisReader } from '../readings/readers/redis-reader.ts';

/** Sources of the layers beside the app, over one connection to each process. */
export interface OpenLayerSources extends Omit<LayerSources, 'app'> {
  readonly findSlowQueries: Monitoring['findSlowQueries'];
  close(): Promise<void>;
}

/**
 * Limit that the server puts on a statement: half of a reading's deadline, so that a reading gets
 * its turn behind another one.
 */
const STATEMENT_TIMEOUT_MS = 500;

/** Opens nothing yet: the first reading connects. */
export function openLayerSources(parts: {
  readonly settings: MonitoringSettings;
  /** The role that the app logs in as. */
  readonly appRole: string;
  readonly redis: RedisClient;
  readonly plan: () => MonitoringPlan;
  readonly logger: Logger;
}): OpenLayerSources {
  const { settings, appRole, redis, plan, logger } = parts;
  const postgresClient = openMonitoredClient(settings.database, {
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  const consoles =
    settings.poolerConsole === 'off' ? undefined : openPoolerConsoles(settings.poolerConsole);
  const postgres = createPostgresReader({ client: postgresClient, appRole, logger });
  const pgbouncer =
    consoles === undefined ? undefined : createPoolerReader({ consoles, plan, logger });
  const redisReader = createRedisReader(redis.commands, logger);
  return {
    pgbouncer: () => pgbouncer?.read() ?? Promise.resolve({ state: 'off' }),
    postgres: () => postgres.read(),
    redis: () => redisReader.read(),
    findSlowQueries: createSlowQueriesSearch(postgresClient, logger),
    async close() {
      await Promise.all([postgresClient.close(), consoles?.close()]);
    },
  };
}
