import type { Logger } from 'pino';
import { measureAlerts } from '../diagnosis/alert-measures.ts';
import { createAlertBook } from '../diagnosis/alerts.ts';
import { createSampleBook, type History, type Sample } from './history.ts';
import type { Observation } from './observation.ts';
import type { PlanFile } from '../plan/plan-file.ts';
import type { AppPoolCounts, Layers } from '../readings/readings.ts';
import type { SlowQueries, SlowQueriesQuery } from '../readings/slow-queries.ts';
import { diagnose } from '../diagnosis/diagnose.ts';

/** Source of routes, metrics, log and dashboard. */
export interface Monitoring {
  /**
   * Reads every layer at most once a second, however often it is asked; never throws, and answers
   * within the deadline of a reading.
   */
  observe(): Promise<Observation>;
  readonly history: History;
  /** Calls the listener for each new sample of the history; returns the function that ends it. */
  subscribe(listener: (sample: Sample) => void): () => void;
  /**
   * Lists slow queries from the server's own statistics. @throws {HttpError} 503 when there are
   * none.
   */
  findSlowQueries(query: SlowQueriesQuery): Promise<SlowQueries>;
}

/** Functions that read each layer; all but the app's run in parallel, and none of them throws. */
export interface LayerSources {
  readonly app: () => AppPoolCounts;
  readonly pgbouncer: () => Promise<Layers['pgbouncer']>;
  readonly postgres: () => Promise<Layers['postgres']>;
  readonly redis: () => Promise<Layers['redis']>;
}

export interface OpenMonitoring extends Monitoring {
  /** Takes a sample every few seconds from now on. */
  startSampling(): void;
  stopSampling(): void;
}

const SAMPLE_EVERY_SECONDS = 5;
/** Time in which each layer is read once, however many callers there are. */
const CACHE_MS = 1_000;
/** The largest share by which an interval is shortened or lengthened. */
const JITTER = 0.1;

/**
 * Varies an interval by up to a tenth: instances that start together must not read and log
 * together.
 */
export const jittered = (seconds: number): number =>
  seconds * (1 + JITTER * (2 * Math.random() - 1));

/** Creates observations from the layers, and keeps the samples of the last hour. */
export function createMonitoring(parts: {
  readonly planFile: PlanFile;
  readonly sources: LayerSources;
  readonly findSlowQueries: Monitoring['findSlowQueries'];
  readonly isShuttingDown: () => boolean;
  readonly logger: Logger;
}): OpenMonitoring {
  const { planFile, sources, logger } = parts;
  const alertBook = createAlertBook();
  const history = createSampleBook(SAMPLE_EVERY_SECONDS);
  const listeners = new Set<(sample: Sample) => void>();
  let timer: NodeJS.Timeout | undefined;
  let cached: { readonly untilMs: number; readonly observation: Promise<Observation> } | undefined;

  const readAll = async (): Promise<Observation> => {
    await planFile.refresh();
    const { plan } = planFile;
    const [pgbouncer, postgres, redis] = await Promise.all([
      sources.pgbouncer(),
      sources.postgres(),
      sources.redis(),
    ]);
    const layers: Layers = { app: sources.app(), pgbouncer, postgres, redis };
    const at = new Date().toISOString();
    const verdict = diagnose(layers, plan);
    return {
      at,
      plan,
      layers,
      verdict,
      alerts: alertBook.update(measureAlerts(layers, plan, verdict), {
        at,
        elapsedMs: performance.now(),
      }),
      isShuttingDown: parts.isShuttingDown(),
    };
  };

  const observe = (): Promise<Observation> => {
    const nowMs = performance.now();
    if (cached === undefined || nowMs >= cached.untilMs)
      cached = { untilMs: nowMs + CACHE_MS, observation: readAll() };
    return cached.observation;
  };

  const takeSample = async (): Promise<void> => {
    const sample = history.add(await observe());
    for (const listener of listeners) listener(sample);
  };
  const takeSamples = async (): Promise<void> => {
    await takeSample().catch((error: unknown) =>
      logger.error({ err: error }, 'no sample could be taken'),
    );
    if (timer !== undefined) sampleAfter(jittered(SAMPLE_EVERY_SECONDS));
  };
  const sampleAfter = (seconds: number): void => {
    timer = setTimeout(() => void takeSamples(), seconds * 1_000).unref();
  };

  return {
    observe,
    history,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    findSlowQueries: parts.findSlowQueries,
    startSampling: () => sampleAfter(0),
    stopSampling() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
