import { SEVERITIES } from '../diagnosis/alerts.ts';
import type { Layers } from '../readings/readings.ts';
import { VERDICT_STATES } from '../diagnosis/verdict.ts';
import { LAYERS } from '../readings/layer-words.ts';
import type { ObservedMetric } from './observed-metric.ts';

/** Returns 1 for the value that holds and 0 for each other, so that no series comes and goes. */
const oneOf = (all: readonly string[], held: string | null): Readonly<Record<string, number>> =>
  Object.fromEntries(all.map((one) => [one, one === held ? 1 : 0]));

/** Metrics of the layers' states, the verdict and the alerts. */
export const stateMetrics: readonly ObservedMetric[] = [
  {
    name: 'spywatcher_layer_up',
    help:
      'Whether a layer answered its reading; ' +
      'absent for a layer that this environment does not have.',
    kind: 'gauge',
    label: 'layer',
    read: ({ layers }) => ofReadings(layers, (reading) => (reading.state === 'up' ? 1 : 0)),
  },
  {
    name: 'spywatcher_layer_reading_seconds',
    help: 'How long the last reading of a layer took.',
    kind: 'gauge',
    label: 'layer',
    read: ({ layers }) => ofReadings(layers, ({ tookMs }) => tookMs / 1_000),
  },
  {
    name: 'spywatcher_verdict',
    help: 'The state of the whole chain: 1 for the one that holds.',
    kind: 'gauge',
    label: 'state',
    read: ({ verdict }) => oneOf(VERDICT_STATES, verdict.state),
  },
  {
    name: 'spywatcher_verdict_layer',
    help: 'The layer that the verdict names; all 0 while the chain is well.',
    kind: 'gauge',
    label: 'layer',
    read: ({ verdict }) => oneOf(LAYERS, verdict.layer),
  },
  {
    name: 'spywatcher_alerts',
    help: 'Alerts that the app raises itself, by severity.',
    kind: 'gauge',
    label: 'severity',
    read: ({ alerts }) =>
      Object.fromEntries(
        SEVERITIES.map((severity) => [
          severity,
          alerts.filter((alert) => alert.severity === severity).length,
        ]),
      ),
  },
];

type Answer = Exclude<Layers['redis'], { readonly state: 'off' }>;

function ofReadings(
  layers: Layers,
  value: (reading: Pick<Answer, 'state' | 'tookMs'>) => number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    (['pgbouncer', 'postgres', 'redis'] as const).flatMap((layer) => {
      const reading = layers[layer];
      return reading.state === 'off' ? [] : [[layer, value(reading)] as const];
    }),
  );
}
