import type { Sample } from '../../observing/history.ts';

/** A number of each sample; null where the layer had none. */
export type SampleValue = (sample: Sample) => number | null;

/** Number of intervals without a sample above which there is a gap: nothing was measured. */
const GAP_INTERVALS = 2.5;

/** What uPlot draws: seconds since 1970, then each series; null breaks its line. */
export type Columns = [xSeconds: number[], ...series: (number | null)[][]];

export function toColumns(
  samples: readonly Sample[],
  values: readonly SampleValue[],
  everySeconds: number,
): Columns {
  const xs: number[] = [];
  const series: (number | null)[][] = values.map(() => []);
  let beforeSeconds: number | undefined;
  for (const sample of samples) {
    const atSeconds = sample.atMs / 1_000;
    if (beforeSeconds !== undefined && atSeconds - beforeSeconds > GAP_INTERVALS * everySeconds) {
      xs.push(beforeSeconds + everySeconds);
      for (const column of series) column.push(null);
    }
    xs.push(atSeconds);
    values.forEach((value, index) => series[index]?.push(value(sample)));
    beforeSeconds = atSeconds;
  }
  return [xs, ...series];
}

export interface Peak {
  readonly value: number;
  readonly atMs: number;
}

/** Finds the highest value and when it was seen first; undefined when no sample has one. */
export function findPeak(samples: readonly Sample[], value: SampleValue): Peak | undefined {
  let peak: Peak | undefined;
  for (const sample of samples) {
    const found = value(sample);
    if (found !== null && (peak === undefined || found > peak.value))
      peak = { value: found, atMs: sample.atMs };
  }
  return peak;
}

/** A time in which the verdict stayed the same. */
export interface Stretch {
  readonly verdict: Sample['verdict'];
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Lists the stretches of equal verdicts; each lasts until the next one begins, or until samples are
 * missing.
 */
export function toStretches(samples: readonly Sample[], everySeconds: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const { atMs, verdict } of samples) {
    const last = stretches.at(-1);
    const endMs = atMs + everySeconds * 1_000;
    const follows =
      last !== undefined && atMs - last.toMs <= (GAP_INTERVALS - 1) * everySeconds * 1_000;
    if (follows)
      stretches[stretches.length - 1] = { ...last, toMs: last.verdict === verdict ? endMs : atMs };
    if (!follows || last.verdict !== verdict)
      stretches.push({ verdict, fromMs: atMs, toMs: endMs });
  }
  return stretches;
}
