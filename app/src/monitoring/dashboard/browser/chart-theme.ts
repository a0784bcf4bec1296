import type { Sample } from '../../observing/history.ts';
import type { ChartSeries } from './chart-definitions.ts';

/** Colours of the page's style for the canvas, which knows no custom properties. */
export interface ChartTheme {
  readonly text: string;
  readonly grid: string;
  readonly line: Readonly<Record<ChartSeries['style'], string>>;
  readonly area: string;
  /** Background of the times in which the verdict was not ok. */
  readonly verdict: Readonly<Record<Sample['verdict'], string>>;
}

/** Dashes of each style, so that lines can be told apart without their colours. */
export const DASHES: Readonly<Record<ChartSeries['style'], number[]>> = {
  main: [],
  second: [5, 3],
  third: [1.5, 2.5],
  limit: [],
};

export const CHART_FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Reads the colours of the present scheme, light or dark. */
export function readChartTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: read('--muted'),
    grid: read('--grid'),
    line: {
      main: read('--series-main'),
      second: read('--series-second'),
      third: read('--series-third'),
      limit: read('--series-limit'),
    },
    area: read('--series-area'),
    verdict: {
      ok: 'transparent',
      saturated: read('--shade-saturated'),
      down: read('--shade-down'),
    },
  };
}
