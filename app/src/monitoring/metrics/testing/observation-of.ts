import type { Monitoring } from '../../observing/monitoring.ts';
import type { Observation } from '../../observing/observation.ts';
import type { Layers } from '../../readings/readings.ts';
import { plan } from '../../testing/observations.ts';
import { diagnose } from '../../diagnosis/diagnose.ts';

/** What is known while the layers say this, with one alert of each severity. */
export function observationOf(layers: Layers): Observation {
  const since = '2026-01-01T00:00:00.000Z';
  return {
    at: '2025-01-15T10:30:00.000Z',
    plan,
    layers,
    verdict: diagnose(layers, plan),
    alerts: [
      {
        kind: 'waiting_clients',
        layer: 'pgbouncer',
        severity: 'warning',
        since,
        message: '31 clients wait',
        remedy: 'Raise it.',
      },
      {
        kind: 'long_wait',
        layer: 'pgbouncer',
        severity: 'critical',
        since,
        message: 'A client has waited',
        remedy: 'Raise it.',
      },
    ],
    isShuttingDown: false,
  };
}

/** Monitoring that always returns the same observation. */
export const monitoringOf = (layers: Layers): Pick<Monitoring, 'observe'> => ({
  observe: () => Promise.resolve(observationOf(layers)),
});
