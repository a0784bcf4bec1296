import type { Logger } from 'pino';
import { jittered, type Monitoring } from '../observing/monitoring.ts';
import { METRICS_KEY, toMetricsEntry } from './metrics-entry.ts';
import { createRunSummary } from './run-summary.ts';

export interface MetricsLog {
  /** Logs the totals of the whole run, once, and nothing after it. */
  close(): Promise<void>;
}

/**
 * Logs the state of all layers every `intervalSeconds` of the plan, which may change meanwhile;
 * first after one interval.
 * @param countAnswers counts the answers of the process by class of status, for the summary.
 */
export function startMetricsLog(options: {
  readonly monitoring: Pick<Monitoring, 'observe' | 'subscribe'>;
  readonly logger: Logger;
  readonly countAnswers: () => Promise<Readonly<Record<string, number>>>;
}): MetricsLog {
  const { monitoring, logger, countAnswers } = options;
  const startedAtMs = performance.now();
  const summary = createRunSummary();
  const unsubscribe = monitoring.subscribe((sample) => summary.add(sample));
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const schedule = (intervalSeconds: number): void => {
    if (isClosed) return;
    timer = setTimeout(() => void logMetrics(), jittered(intervalSeconds) * 1_000).unref();
  };
  const logMetrics = async (): Promise<void> => {
    const observation = await monitoring.observe();
    if (isClosed) return;
    const entry = toMetricsEntry(observation);
    logger[entry.healthy ? 'info' : 'warn']({ [METRICS_KEY]: entry }, 'connection metrics');
    schedule(observation.plan.intervalSeconds);
  };
  void monitoring.observe().then(({ plan }) => schedule(plan.intervalSeconds));

  return {
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(timer);
      unsubscribe();
      const ranSeconds = Math.round((performance.now() - startedAtMs) / 1_000);
      logger.info(
        { ranSeconds, answers: await countAnswers(), ...summary.totals },
        'this run in numbers',
      );
    },
  };
}
