import type { Stretch } from './chart-columns.ts';
import { showDuration } from './figures.ts';

const ALMOST_AN_HOUR_MS = 3_540_000;

/**
 * Summarizes the verdicts in a sentence. Time without measurements is named and does not count as
 * good.
 */
export function summarizeStretches(stretches: readonly Stretch[], nowMs: number): string {
  const spanMs = nowMs - (stretches[0]?.fromMs ?? nowMs);
  if (spanMs === 0) return 'Not measured for long enough yet.';
  const lasted = (wanted: Stretch['verdict']): number =>
    stretches
      .filter(({ verdict }) => verdict === wanted)
      .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const gapsMs = stretches.reduce(
    (sum, { fromMs }, index) => sum + fromMs - (stretches[index - 1]?.toMs ?? fromMs),
    0,
  );
  const parts = (spans: readonly (readonly [what: string, ms: number])[]): string[] =>
    spans.filter(([, ms]) => ms > 0).map(([what, ms]) => `${what} for ${showDuration(ms)}`);
  const trouble = parts([
    ['saturated', lasted('saturated')],
    ['down', lasted('down')],
  ]);
  const gaps = parts([['not measured', gapsMs]]);
  const well = gaps.length === 0 ? 'all well throughout' : 'all well';
  return (
    `In the last ${spanMs > ALMOST_AN_HOUR_MS ? 'hour' : showDuration(spanMs)}: ` +
    `${[...(trouble.length === 0 ? [well] : trouble), ...gaps].join(', ')}.`
  );
}
