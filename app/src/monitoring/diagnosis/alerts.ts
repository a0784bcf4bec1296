import type { LayerName } from '../readings/layer-words.ts';

export const SEVERITIES = ['warning', 'critical'] as const;
type Severity = (typeof SEVERITIES)[number];

export const ALERT_KINDS = [
  'down',
  'pool_connections',
  'client_connections',
  'server_connections',
  'postgres_connections',
  'waiting_clients',
  'long_wait',
  'long_transaction',
  'drift',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Watched number with the thresholds from which on it is an alert. */
export interface Measure {
  readonly kind: AlertKind;
  readonly layer: LayerName;
  readonly value: number;
  readonly warnFrom: number;
  readonly criticalFrom: number | 'never';
  /** Distance by which the value must fall below a threshold before the alert steps down. */
  readonly slack: number;
  /** Time that it must last before it is an alert: a busy moment is none. */
  readonly lastingMs: number;
  readonly message: string;
  readonly remedy: string;
}

/** Condition that needs attention. */
export interface Alert {
  readonly kind: AlertKind;
  readonly layer: LayerName;
  readonly severity: Severity;
  /** ISO 8601, UTC: when it was seen first. */
  readonly since: string;
  /** Sentence with the numbers. */
  readonly message: string;
  readonly remedy: string;
}

/** Remembers which alerts are raised. */
export interface AlertBook {
  /**
   * Takes the present measures and returns all raised alerts, critical ones first, then the oldest.
   */
  update(measures: readonly Measure[], now: Moment): readonly Alert[];
}

interface Moment {
  /** ISO 8601, UTC: for people. */
  readonly at: string;
  /** Monotonic time, by which durations are measured, since the wall clock may be set. */
  readonly elapsedMs: number;
}

interface Entry {
  readonly since: Moment;
  readonly lastOverMs: number;
  readonly severity: Severity;
  readonly isRaised: boolean;
  readonly measure: Measure;
}

/** Time without a sign of it after which an alert is cleared. */
const CLEAR_AFTER_MS = 10_000;

/**
 * Creates a book of alerts that do not flap: each is raised when it has lasted, steps down only
 * when its value fell clearly below the threshold, and goes only after a time without it.
 */
export function createAlertBook(): AlertBook {
  const entries = new Map<string, Entry>();
  return {
    update(measures, now) {
      const over = new Set<string>();
      for (const measure of measures) {
        const key = `${measure.layer} ${measure.kind}`;
        const entry = entries.get(key);
        const severity = severityOf(measure, entry);
        if (severity === undefined) continue;
        over.add(key);
        const since = entry?.since ?? now;
        const isRaised =
          entry?.isRaised === true || now.elapsedMs - since.elapsedMs >= measure.lastingMs;
        entries.set(key, { since, lastOverMs: now.elapsedMs, severity, isRaised, measure });
      }
      for (const [key, { lastOverMs, isRaised }] of entries) {
        if (!over.has(key) && (!isRaised || now.elapsedMs - lastOverMs >= CLEAR_AFTER_MS))
          entries.delete(key);
      }
      return [...entries.values()]
        .filter(({ isRaised }) => isRaised)
        .sort(byUrgency)
        .map(toAlert);
    },
  };
}

/**
 * Returns the severity; only a raised alert gets slack, so nothing becomes an alert below the
 * threshold.
 */
function severityOf(
  { value, warnFrom, criticalFrom, slack }: Measure,
  entry: Entry | undefined,
): Severity | undefined {
  const raised = entry?.isRaised === true ? entry.severity : undefined;
  if (criticalFrom !== 'never' && value >= criticalFrom - (raised === 'critical' ? slack : 0))
    return 'critical';
  return value >= warnFrom - (raised === undefined ? 0 : slack) ? 'warning' : undefined;
}

function byUrgency(a: Entry, b: Entry): number {
  if (a.severity !== b.severity) return a.severity === 'critical' ? -1 : 1;
  return a.since.elapsedMs - b.since.elapsedMs;
}

function toAlert({ measure, severity, since }: Entry): Alert {
  const { kind, layer, message, remedy } = measure;
  return { kind, layer, severity, since: since.at, message, remedy };
}
