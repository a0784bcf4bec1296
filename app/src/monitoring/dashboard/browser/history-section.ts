import type { Sample } from '../../observing/history.ts';
import { createChart, type ChartMoment } from './chart.ts';
import { toStretches, type Stretch } from './chart-columns.ts';
import { CHARTS } from './chart-definitions.ts';
import { readChartTheme } from './chart-theme.ts';
import { find } from './elements.ts';
import { showAge, showTime } from './figures.ts';
import { drawTimeline } from './timeline.ts';

export interface HistorySection {
  show(samples: readonly Sample[], everySeconds: number): void;
}

const SHORTEST_SECONDS = 300;
const HOUR_SECONDS = 3_600;
const WORDS: Readonly<Record<Sample['verdict'], string>> = {
  ok: 'all well',
  saturated: 'saturated',
  down: 'down',
};

/**
 * Opens the charts, and one slider that moves the cursor of all of them: by mouse, finger or
 * keyboard.
 */
export function openHistorySection(): HistorySection {
  let theme = readChartTheme();
  const charts = CHARTS.map((definition) => createChart(definition, () => theme));
  find('charts').replaceChildren(...charts.map(({ root }) => root));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    theme = readChartTheme();
    charts.forEach((chart) => chart.recolour());
  });

  const slider = find('moment') as HTMLInputElement;
  const chosen = find('chosen-moment');
  const steps = Number(slider.max);
  let moment: ChartMoment | undefined;
  /** Chosen moment; undefined while it is now. */
  let atSeconds: number | undefined;
  const point = ({ stretches, range }: ChartMoment): void => {
    const text =
      atSeconds === undefined
        ? 'now'
        : describeMoment(stretches, atSeconds * 1_000, range[1] * 1_000);
    slider.setAttribute('aria-valuetext', text);
    chosen.textContent = text;
    charts.forEach((chart) => chart.point(atSeconds));
  };
  slider.addEventListener('input', () => {
    if (moment === undefined) return;
    const [from, to] = moment.range;
    const step = Number(slider.value);
    atSeconds = step === steps ? undefined : from + (step / steps) * (to - from);
    point(moment);
  });

  return {
    show(samples, everySeconds) {
      const newest = (samples.at(-1)?.atMs ?? Date.now()) / 1_000;
      const oldest = (samples[0]?.atMs ?? Date.now()) / 1_000;
      moment = {
        samples,
        everySeconds,
        stretches: toStretches(samples, everySeconds),
        range: [
          Math.max(newest - HOUR_SECONDS, Math.min(oldest, newest - SHORTEST_SECONDS)),
          newest,
        ],
      };
      charts.forEach((chart) => chart.show(moment as ChartMoment));
      drawTimeline(find('timeline'), moment);
      // At "now" nothing is pointed at: the cursor may be where the mouse is.
      if (atSeconds === undefined) return;
      const [from, to] = moment.range;
      // The hour moves on while someone looks at one moment of it: the moment stays, until it has
      // left the hour.
      atSeconds = Math.min(Math.max(atSeconds, from), to);
      const step = Math.round(((atSeconds - from) / (to - from)) * steps);
      slider.value = `${Math.min(steps - 1, step)}`;
      point(moment);
    },
  };
}

function describeMoment(stretches: readonly Stretch[], atMs: number, nowMs: number): string {
  const stretch = stretches.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const when = `${showTime(atMs)}, ${showAge(nowMs - atMs)}`;
  return `${when}: ${stretch === undefined ? 'not measured' : WORDS[stretch.verdict]}`;
}
