import uPlot from 'uplot';
import type { Sample } from '../../observing/history.ts';
import { findPeak, toColumns, type Stretch } from './chart-columns.ts';
import type { ChartDefinition, ChartSeries } from './chart-definitions.ts';
import { CHART_FONT, DASHES, type ChartTheme } from './chart-theme.ts';
import { element } from './elements.ts';
import { showTime } from './figures.ts';
import { redraw } from './redraw.ts';

export interface ChartMoment {
  readonly samples: readonly Sample[];
  readonly stretches: readonly Stretch[];
  readonly everySeconds: number;
  readonly range: readonly [fromSeconds: number, toSeconds: number];
}

export interface Chart {
  readonly root: HTMLElement;
  show(moment: ChartMoment): void;
  /** Puts the cursor on a time, or takes it away. */
  point(atSeconds: number | undefined): void;
  /** Redraws after the page's colours changed. */
  recolour(): void;
}

const HEIGHT = 150;
const SYNC_KEY = 'history';

/** Creates a chart with its title, legend and a sentence that describes the picture. */
export function createChart(
  { title, id, series, isPoolers }: ChartDefinition,
  readTheme: () => ChartTheme,
): Chart {
  const legend = element('ul', { class: 'legend', role: 'list' });
  const summary = element('p', { class: 'chart-summary' });
  const canvas = element('div', { class: 'chart-canvas', 'aria-hidden': 'true' });
  const root = element(
    'figure',
    {
      class: isPoolers === true ? 'chart chart-of-pooler' : 'chart',
      'aria-labelledby': `chart-${id}`,
    },
    element('figcaption', {}, element('h3', { id: `chart-${id}` }, title)),
    legend,
    canvas,
    summary,
  );
  let moment: ChartMoment | undefined;

  const drawLegend = (plot: uPlot): void => {
    const index = plot.cursor.idx ?? undefined;
    redraw(
      legend,
      ...series.map((one, position) => legendItem(one, valueAt(plot.data[position + 1], index))),
    );
  };
  const plot = new uPlot(
    options(series, { readTheme, getMoment: () => moment, onCursor: drawLegend }),
    [[], ...series.map(() => [])],
    canvas,
  );
  new ResizeObserver(() => {
    if (canvas.clientWidth > 0 && canvas.clientWidth !== plot.width)
      plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
  }).observe(canvas);

  return {
    root,
    show(next) {
      moment = next;
      plot.setData(
        toColumns(
          next.samples,
          series.map(({ value }) => value),
          next.everySeconds,
        ),
      );
      drawLegend(plot);
      redraw(summary, summarize(series, next.samples));
    },
    point(atSeconds) {
      plot.setCursor(
        atSeconds === undefined
          ? { left: -10, top: -10 }
          : { left: plot.valToPos(atSeconds, 'x'), top: 0 },
      );
    },
    recolour: () => plot.redraw(false),
  };
}

/** Returns the value at the cursor, or the newest without a cursor. */
function valueAt(
  column: ArrayLike<number | null | undefined> | undefined,
  index: number | undefined,
): number | null {
  if (column === undefined || column.length === 0) return null;
  return column[index ?? column.length - 1] ?? null;
}

function legendItem({ label, style, show }: ChartSeries, value: number | null): HTMLElement {
  return element(
    'li',
    {},
    element('span', { class: `swatch swatch-${style}`, 'aria-hidden': 'true' }),
    `${label} `,
    element('strong', {}, value === null ? '–' : show(value)),
  );
}

function summarize(series: readonly ChartSeries[], samples: readonly Sample[]): string {
  const peaks = series
    .filter(({ style }) => style !== 'limit')
    .flatMap(({ label, value, show }) => {
      const peak = findPeak(samples, value);
      return peak === undefined
        ? []
        : [`${label} ${show(peak.value)}${peak.value === 0 ? '' : ` at ${showTime(peak.atMs)}`}`];
    });
  return peaks.length === 0
    ? 'Nothing was measured in this hour.'
    : `Highest: ${peaks.join(', ')}.`;
}

function options(
  series: readonly ChartSeries[],
  parts: {
    readonly readTheme: () => ChartTheme;
    readonly getMoment: () => ChartMoment | undefined;
    readonly onCursor: (plot: uPlot) => void;
  },
): uPlot.Options {
  const { readTheme, getMoment, onCursor } = parts;
  const axis = (more: uPlot.Axis): uPlot.Axis => ({
    font: CHART_FONT,
    stroke: () => readTheme().text,
    grid: { stroke: () => readTheme().grid, width: 1 },
    ticks: { show: false },
    gap: 6,
    ...more,
  });
  const right = series.find(({ isRight }) => isRight);
  const left = series.find(({ isRight }) => isRight === undefined);
  const figures = (one: ChartSeries | undefined): uPlot.Axis => ({
    values: (_plot, ticks) => ticks.map((tick) => one?.show(tick) ?? ''),
    space: 32,
    ...(one?.steps === undefined ? {} : { incrs: one.steps }),
  });
  return {
    width: 300,
    height: HEIGHT,
    padding: [8, right === undefined ? 10 : 0, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: SYNC_KEY },
      drag: { x: false, y: false },
      points: { size: 6 },
      y: false,
    },
    scales: {
      x: { time: true, range: () => [...(getMoment()?.range ?? [0, 1])] },
      y: { range: (_plot, _min, max) => fromZero(max) },
      right: { range: (_plot, _min, max) => fromZero(max) },
    },
    axes: [
      axis({
        values: (_plot, ticks) => ticks.map((tick) => showTime(tick * 1_000).slice(0, 5)),
        space: 70,
        size: 26,
        grid: { show: false },
      }),
      axis({ ...figures(left), size: 54 }),
      ...(right === undefined
        ? []
        : [axis({ ...figures(right), scale: 'right', side: 1, size: 58, grid: { show: false } })]),
    ],
    series: [{}, ...series.map((one) => line(one, readTheme))],
    hooks: {
      setCursor: [onCursor],
      drawClear: [(plot) => shade(plot, getMoment()?.stretches ?? [], readTheme())],
    },
  };
}

function line({ label, style, isRight }: ChartSeries, readTheme: () => ChartTheme): uPlot.Series {
  return {
    label,
    scale: isRight === true ? 'right' : 'y',
    stroke: () => readTheme().line[style],
    width: style === 'limit' ? 1 : 1.75,
    dash: DASHES[style],
    points: { show: false },
    ...(style === 'main' ? { fill: () => readTheme().area } : {}),
  };
}

/** Returns a range with some space above the maximum, never below one. */
const fromZero = (max: number | null): [number, number] => [0, Math.max(1, (max ?? 0) * 1.12)];

function shade(plot: uPlot, stretches: readonly Stretch[], theme: ChartTheme): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { verdict, fromMs, toMs } of stretches) {
    const from = plot.valToPos(fromMs / 1_000, 'x', true);
    ctx.fillStyle = theme.verdict[verdict];
    ctx.fillRect(from, bbox.top, plot.valToPos(toMs / 1_000, 'x', true) - from, bbox.height);
  }
  ctx.restore();
}
