import type { ChartMoment } from './chart.ts';
import { element, svg } from './elements.ts';
import { showDuration } from './figures.ts';
import { redraw } from './redraw.ts';

/** Low where all was well, higher for saturated, full for down: readable without colours. */
const HEIGHTS = { ok: 4, saturated: 9, down: 14 } as const;
const FULL = 14;
const ALMOST_AN_HOUR_MS = 3_540_000;

/** The verdicts of the hour in one strip, and the same in a sentence. */
export function drawTimeline(container: HTMLElement, { stretches, range }: ChartMoment): void {
  const [from, to] = range.map((seconds) => seconds * 1_000) as [number, number];
  const percent = (ms: number): string => `${((ms * 100) / (to - from)).toFixed(3)}%`;
  const bars = stretches.map(({ verdict, fromMs, toMs }) =>
    svg('rect', { class: `stretch stretch-${verdict}`, x: percent(Math.max(0, fromMs - from)), width: percent(Math.min(toMs, to) - Math.max(fromMs, from)), y: `${FULL - HEIGHTS[verdict]}`, height: `${HEIGHTS[verdict]}` }),
  );
  const lasted = (wanted: string): number => stretches.filter(({ verdict }) => verdict === wanted).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const measured = to - (stretches[0]?.fromMs ?? to);
  const spans = (['saturated', 'down'] as const).flatMap((verdict) => (lasted(verdict) === 0 ? [] : [`${verdict} for ${showDuration(lasted(verdict))}`]));
  redraw(
    container,
    svg('svg', { class: 'timeline-strip', 'aria-hidden': 'true' }, ...bars),
    element('p', { class: 'timeline-summary' }, `In the last ${measured > ALMOST_AN_HOUR_MS ? 'hour' : showDuration(measured)}: ${spans.length === 0 ? 'all well throughout' : spans.join(', ')}.`),
  );
}
