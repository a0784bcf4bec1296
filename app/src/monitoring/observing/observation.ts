import type { Alert } from '../diagnosis/alerts.ts';
import type { History, Sample } from './history.ts';
import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import type { Layers } from '../readings/readings.ts';
import type { SlowQueries, SlowQueriesQuery } from '../readings/slow-queries.ts';
import type { Verdict } from '../diagnosis/verdict.ts';

/** Everything that is known at one moment, with the plan it was measured against. */
export interface Observation {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly plan: MonitoringPlan;
  readonly layers: Layers;
  readonly verdict: Verdict;
  readonly alerts: readonly Alert[];
  readonly isShuttingDown: boolean;
}

/** What routes, metrics, log and dashboard are made of. */
export interface Monitoring {
  /** Reads every layer at most once a second, however often it is asked; never throws, and answers within the deadline of a reading. */
  observe(): Promise<Observation>;
  readonly history: History;
  /** Calls for each new sample of the history; gives the way to stop that. */
  subscribe(listener: (sample: Sample) => void): () => void;
  /** Of the server's own statistics. @throws {HttpError} 503 when there are none. */
  findSlowQueries(query: SlowQueriesQuery): Promise<SlowQueries>;
}
