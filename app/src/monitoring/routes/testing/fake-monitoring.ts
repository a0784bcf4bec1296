import type { Monitoring } from '../../observing/monitoring.ts';
import type { Alert } from '../../diagnosis/alerts.ts';
import type { Sample } from '../../observing/history.ts';
import type { Observation } from '../../observing/observation.ts';
import type { Layers } from '../../readings/readings.ts';
import type { SlowQueriesQuery } from '../../readings/slow-queries.ts';
import { idle, plan } from '../../testing/observations.ts';
import { diagnose } from '../../diagnosis/diagnose.ts';

export const AT = '2026-01-01T00:00:10.000Z';

export function observationOf(layers: Layers, more: Partial<Observation> = {}): Observation {
  const measured = more.plan ?? plan;
  return {
    at: AT,
    plan: measured,
    layers,
    verdict: diagnose(layers, measured),
    alerts: [],
    isShuttingDown: false,
    ...more,
  };
}

export const alert: Alert = {
  kind: 'postgres_connections',
  layer: 'postgres',
  severity: 'warning',
  since: '2026-01-01T00:00:00.000Z',
  message:
    'Database connection pool at 85% utilization (74 of the 87 connections that are not reserved)',
  remedy:
    'Raise postgres.maxConnections from 100 to 150; it can rise to 250 within postgres.memoryMiB.',
};

export function sampleAt(atMs: number): Sample {
  return {
    atMs,
    verdict: 'ok',
    app: { active: 1, waiting: 0, max: 5, acquireMaxMs: 0.4 },
    pgbouncer: {
      clients: 6,
      clientsMax: 100,
      waiting: 0,
      maxWaitMs: 0,
      serversActive: 2,
      servers: 5,
      serversMax: 25,
      queriesPerSecond: 20.5,
      averageQueryMs: 1.25,
      averageWaitMs: 0,
      serverParsesPerQuery: null,
    },
    postgres: { active: 2, total: 7, available: 87, longestTransactionMs: 12, lockWaits: 0 },
    redis: null,
  };
}

/** Says what it is told to, for tests of the routes. */
export interface FakeMonitoring extends Monitoring {
  observation: Observation;
  /** What observing throws instead, although a real one never does. */
  observationFailure: Error | undefined;
  readonly history: { readonly sampleEverySeconds: number; readonly samples: Sample[] };
  /** Adds a sample to the history and calls whoever has subscribed. */
  sample(sample: Sample): void;
  subscribers(): number;
  readonly slowQueriesAsked: SlowQueriesQuery[];
  /** What the next question for slow queries throws. */
  slowQueriesFailure: Error | undefined;
}

export function fakeMonitoring(observation = observationOf(idle)): FakeMonitoring {
  const listeners = new Set<(sample: Sample) => void>();
  const fake: FakeMonitoring = {
    observation,
    observationFailure: undefined,
    observe: () =>
      fake.observationFailure === undefined
        ? Promise.resolve(fake.observation)
        : Promise.reject(fake.observationFailure),
    history: { sampleEverySeconds: 5, samples: [] },
    sample(sample) {
      fake.history.samples.push(sample);
      for (const listener of listeners) listener(sample);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    subscribers: () => listeners.size,
    slowQueriesAsked: [],
    slowQueriesFailure: undefined,
    findSlowQueries(query) {
      fake.slowQueriesAsked.push(query);
      if (fake.slowQueriesFailure !== undefined) return Promise.reject(fake.slowQueriesFailure);
      return Promise.resolve({
        queries: [
          { query: 'SELECT $1', calls: 3, totalMs: 4_500, meanMs: 1_500, maxMs: 2_000, rows: 3 },
        ],
        since: AT,
      });
    },
  };
  return fake;
}
