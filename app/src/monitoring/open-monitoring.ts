import type { RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { Database } from '../clients/database.ts';
import type { RedisClient } from '../clients/redis.ts';
import type { AppEnv, MonitoringSettings } from '../environment/app-environment.ts';
import type { Shutdown } from '../shutdown.ts';
import { pages } from './dashboard/pages.ts';
import { startMetricsLog } from './metrics/metrics-log.ts';
import { createMetrics, VERSION } from './metrics/prometheus.ts';
import { createMonitoring } from './observing/monitoring.ts';
import type { PlanFile } from './plan/plan-file.ts';
import { readAppPool } from './readings/readers/app-pool-reader.ts';
import { openLayerSources, type OpenLayerSources } from './observing/layer-sources.ts';
import { createAdminRoutes } from './routes/admin-routes.ts';
import { createEventStreams } from './routes/event-stream.ts';

interface Planned {
  readonly settings: MonitoringSettings;
  readonly planFile: PlanFile;
}

/** Planned limits, and the connections over which the layers are read. */
export interface Measuring extends Planned {
  readonly sources: OpenLayerSources;
}

/** Routes and middleware that the listeners take from the monitoring. */
export interface MonitoringRoutes {
  readonly admin: Router;
  readonly observeHttp: RequestHandler;
}

interface Context {
  readonly env: AppEnv;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
}

/**
 * Opens the connections that read the layers; they close after the app's own client connections.
 */
export function openMeasuring(
  { env, logger, shutdown }: Context,
  { settings, planFile }: Planned,
  redis: RedisClient,
): Measuring {
  const sources = openLayerSources({
    settings,
    appRole: env.database.address.user,
    redis,
    plan: () => planFile.plan,
    logger,
  });
  shutdown.register('monitoring connections', () => sources.close());
  return { settings, planFile, sources };
}

/** Starts sampling and logging, and builds the routes. */
export function startMonitoring(
  { env, logger, shutdown }: Context,
  { settings, planFile, sources }: Measuring,
  database: Database,
): MonitoringRoutes {
  const monitoring = createMonitoring({
    planFile,
    sources: { ...sources, app: () => readAppPool(database.pool) },
    findSlowQueries: sources.findSlowQueries,
    isShuttingDown: () => shutdown.isDraining,
    logger,
  });
  monitoring.startSampling();
  shutdown.register('sampling', () => Promise.resolve(monitoring.stopSampling()));

  const metrics = createMetrics({ version: VERSION, environment: env.environment });
  database.pool.onAcquire(metrics.observeAcquire);
  const metricsLog = startMetricsLog({
    monitoring,
    logger,
    countAnswers: () => metrics.countAnswers(),
  });
  shutdown.register('metrics log', metricsLog);

  const streams = createEventStreams(monitoring, logger);
  shutdown.register('event streams', streams);
  const admin = createAdminRoutes({
    monitoring,
    streams,
    adminTokens: settings.adminTokens,
    page: pages,
    renderMetrics: () => metrics.render(monitoring),
    logger,
  });
  return { admin, observeHttp: metrics.observeHttp };
}
