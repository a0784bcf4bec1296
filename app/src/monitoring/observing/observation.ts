import type { Alert } from '../diagnosis/alerts.ts';
import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import type { Layers } from '../readings/readings.ts';
import type { Verdict } from '../diagnosis/verdict.ts';

/** State of all layers at one moment, with the plan it was measured against. */
export interface Observation {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly plan: MonitoringPlan;
  readonly layers: Layers;
  readonly verdict: Verdict;
  readonly alerts: readonly Alert[];
  readonly isShuttingDown: boolean;
}
