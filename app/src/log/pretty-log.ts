import { METRICS_KEY, type MetricsEntry } from '../monitoring/metrics/metrics-entry.ts';
import { renderMetricsBlock } from './metrics-block.ts';

/** What every line carries, shown first or not at all. */
const FRAME = ['level', 'time', 'msg', 'environment', 'err'];

type Entry = Record<string, unknown> & {
  readonly err?: { readonly stack?: string };
  readonly [METRICS_KEY]?: MetricsEntry;
};

/**
 * One JSON log line as `12:30:45.678 INFO  message key=value`, with an error's stack below it;
 * the metrics of all layers as a block of their own, without anything before it.
 */
export function renderPrettyLine(line: string): string {
  const entry = JSON.parse(line) as Entry;
  const metrics = entry[METRICS_KEY];
  if (metrics !== undefined) return `${renderMetricsBlock(metrics)}\n`;
  const time = textOf(entry['time']).slice(11, 23);
  const level = textOf(entry['level']).toUpperCase().padEnd(5);
  const details = Object.entries(entry)
    .filter(([key]) => !FRAME.includes(key))
    .map(([key, value]) => ` ${key}=${textOf(value)}`)
    .join('');
  const stack = entry.err?.stack === undefined ? '' : `\n${entry.err.stack}`;
  return `${time} ${level} ${textOf(entry['msg'])}${details}${stack}\n`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
