import type { Sample } from '../../history.ts';
import { createChart, type ChartMoment } from './chart.ts';
import { toStretches } from './chart-columns.ts';
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
const WORDS: Readonly<Record<Sample['verdict'], string>> = { ok: 'all well', saturated: 'saturated', down: 'down' };

/** The charts, and one slider that moves the cursor of all of them: by mouse, finger or keyboard. */
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
  let moment: ChartMoment | undefined;
  const point = (): void => {
    if (moment === undefined) return;
    const { samples, range } = moment;
    const isNow = Number(slider.value) === Number(slider.max);
    const atSeconds = range[0] + (Number(slider.value) / Number(slider.max)) * (range[1] - range[0]);
    const text = isNow ? 'now' : describeMoment(samples, atSeconds * 1_000, range[1] * 1_000);
    slider.setAttribute('aria-valuetext', text);
    chosen.textContent = text;
    charts.forEach((chart) => chart.point(isNow ? undefined : atSeconds));
  };
  slider.addEventListener('input', point);

  return {
    show(samples, everySeconds) {
      const newest = (samples.at(-1)?.atMs ?? Date.now()) / 1_000;
      const oldest = (samples[0]?.atMs ?? Date.now()) / 1_000;
      moment = { samples, everySeconds, stretches: toStretches(samples, everySeconds), range: [Math.max(newest - HOUR_SECONDS, Math.min(oldest, newest - SHORTEST_SECONDS)), newest] };
      charts.forEach((chart) => chart.show(moment as ChartMoment));
      drawTimeline(find('timeline'), moment);
      point();
    },
  };
}

/** The newest sample at that time or before it. */
function describeMoment(samples: readonly Sample[], atMs: number, nowMs: number): string {
  const sample = samples.findLast((one) => one.atMs <= atMs);
  const when = `${showTime(atMs)}, ${showAge(nowMs - atMs)}`;
  return sample === undefined ? `${when}: not measured` : `${when}: ${WORDS[sample.verdict]}`;
}
