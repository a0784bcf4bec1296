import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Monitoring } from '../observing/monitoring.ts';
import { appMetrics } from './app-metrics.ts';
import { createHttpDurations } from './http-durations.ts';
import { registerObserved } from './observed-metric.ts';
import { pgbouncerMetrics } from './pgbouncer-metrics.ts';
import { planMetrics } from './plan-metrics.ts';
import { postgresMetrics } from './postgres-metrics.ts';
import { redisMetrics } from './redis-metrics.ts';
import { stateMetrics } from './state-metrics.ts';

/** All metrics of the process, for Prometheus. */
export interface Metrics {
  /** Middleware that stands before everything else. */
  readonly observeHttp: RequestHandler;
  /** Records how long it took to get a client connection. */
  readonly observeAcquire: (seconds: number) => void;
  /** Answers so far by class of status. */
  countAnswers(): Promise<Readonly<Record<string, number>>>;
  /** Prometheus' text format, from one observation. A layer that is down has no numbers in it. */
  render(
    monitoring: Pick<Monitoring, 'observe'>,
  ): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** The project's version, as package.json has it: the bundle carries no package.json of ours. */
export const VERSION = '0.1.0';

/** Buckets from a free client connection to the usual acquire timeout. */
const ACQUIRE_BUCKETS_SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3];

/**
 * Gauges whose names end like a counter's; the metric without `_total` has the same numbers by
 * type.
 */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export function createMetrics({
  version,
  environment,
}: {
  readonly version: string;
  readonly environment: string;
}): Metrics {
  const registry = new Registry();
  // Under their standard names, without our prefix: ready-made dashboards and rules for Node look
  // for those.
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);

  new Gauge({
    name: 'spywatcher_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'environment'],
    registers: [registry],
  }).set({ version, environment }, 1);
  const acquire = new Histogram({
    name: 'spywatcher_app_acquire_duration_seconds',
    help: 'How long it took to get a client connection, waiting and connecting included.',
    buckets: ACQUIRE_BUCKETS_SECONDS,
    registers: [registry],
  });
  const http = createHttpDurations(registry);
  const fill = registerObserved(registry, [
    ...stateMetrics,
    ...appMetrics,
    ...pgbouncerMetrics,
    ...postgresMetrics,
    ...redisMetrics,
    ...planMetrics,
  ]);

  return {
    observeHttp: http.observe,
    observeAcquire: (seconds) => acquire.observe(seconds),
    countAnswers: () => http.countAnswers(),
    async render(monitoring) {
      fill(await monitoring.observe());
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
