import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { raise } from '../plan/raised-setting.ts';
import type { Layers } from '../readings/readings.ts';
import { type Verdict, MIN_WAIT_MS } from './verdict.ts';

/**
 * Diagnoses work that waits inside the app for a client connection while the layers behind have
 * capacity.
 */
export function diagnoseApp({ app }: Layers, plan: MonitoringPlan): Verdict | undefined {
  const waitMs = Math.max(app.longestWaitMs, app.acquire.maxMs);
  if (app.waiting === 0 || app.active < app.max || waitMs < MIN_WAIT_MS) return undefined;
  const { change, text } = raise('app.poolMax', app.waiting, plan);
  return {
    state: 'saturated',
    layer: 'app',
    summary:
      `Work waits ${Math.round(waitMs)} ms inside the app: ${app.active} of ${app.max} client ` +
      `connections busy, ${app.waiting} waiting for one.`,
    evidence: [
      { what: 'waiting for a client connection', value: app.waiting, limit: null, unit: 'clients' },
      { what: 'longest wait', value: Math.round(waitMs), limit: null, unit: 'ms' },
      {
        what: 'client connections of the app in use',
        value: app.active,
        limit: app.max,
        unit: 'connections',
      },
    ],
    remedy: text,
    change,
  };
}
