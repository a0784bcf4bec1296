import { Counter, Gauge, type Registry } from 'prom-client';
import type { Observation } from '../observing/observation.ts';
import type { Layers } from '../readings/readings.ts';

/** A metric that is read off an observation at the moment it is scraped. */
export interface ObservedMetric {
  readonly name: string;
  readonly help: string;
  readonly kind: 'gauge' | 'counter';
  /** Name of the label; absent for a single series. */
  readonly label?: string;
  readonly read: (observation: Observation) => Value;
}

/**
 * Number, or with a label one for each of its values. Undefined while it is not known: 0 would be a
 * claim.
 */
type Value = number | Readonly<Record<string, number>> | undefined;

/** Reading of a layer that answered. */
type Counts<Layer extends keyof Layers> = Extract<Layers[Layer], { readonly state: 'up' }>;

/** Reads from one layer, while it is up. */
export function whileUp<Layer extends 'pgbouncer' | 'postgres' | 'redis'>(
  layer: Layer,
): (read: (counts: Counts<Layer>) => Value) => ObservedMetric['read'] {
  return (read) =>
    ({ layers }) => {
      const reading: Layers[Layer] = layers[layer];
      return reading.state === 'up' ? read(reading as Counts<Layer>) : undefined;
    };
}

/** Registers the metrics and returns the function that fills all of them. */
export function registerObserved(
  registry: Registry,
  metrics: readonly ObservedMetric[],
): (observation: Observation) => void {
  const fillers = metrics.map((metric) => registerOne(registry, metric));
  return (observation) => {
    for (const fill of fillers) fill(observation);
  };
}

function registerOne(
  registry: Registry,
  { name, help, kind, label, read }: ObservedMetric,
): (observation: Observation) => void {
  const configuration = {
    name,
    help,
    registers: [registry],
    labelNames: label === undefined ? [] : [label],
  };
  const metric = kind === 'gauge' ? new Gauge(configuration) : new Counter(configuration);
  return (observation) => {
    const value = read(observation);
    metric.reset();
    if (typeof value === 'number') metric.inc(value);
    // After a reset a metric without a label stands at 0.
    else if (label === undefined) metric.remove();
    else
      for (const [labelValue, part] of Object.entries(value ?? {}))
        metric.inc({ [label]: labelValue }, part);
  };
}
