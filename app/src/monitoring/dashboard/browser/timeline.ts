import type { ChartMoment } from './chart.ts';
import { element, svg } from './elements.ts';
import { redraw } from './redraw.ts';
import { summarizeStretches } from './stretch-summary.ts';

/**
 * Heights of the bars: low for ok, higher for saturated, full for down, so readable without
 * colours.
 */
const HEIGHTS = { ok: 4, saturated: 9, down: 14 } as const;
const FULL = 14;

/** Draws the verdicts of the hour in one strip, and the same in a sentence. */
export function drawTimeline(container: HTMLElement, { stretches, range }: ChartMoment): void {
  const [from, to] = range.map((seconds) => seconds * 1_000) as [number, number];
  const percent = (ms: number): string => `${((ms * 100) / (to - from)).toFixed(3)}%`;
  const bars = stretches.map(({ verdict, fromMs, toMs }) =>
    svg('rect', {
      class: `stretch stretch-${verdict}`,
      x: percent(Math.max(0, fromMs - from)),
      width: percent(Math.min(toMs, to) - Math.max(fromMs, from)),
      y: `${FULL - HEIGHTS[verdict]}`,
      height: `${HEIGHTS[verdict]}`,
    }),
  );
  redraw(
    container,
    svg('svg', { class: 'timeline-strip', 'aria-hidden': 'true' }, ...bars),
    element('p', { class: 'timeline-summary' }, summarizeStretches(stretches, to)),
  );
}
