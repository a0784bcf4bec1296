/** The middle of many ratios, and between which two of them the true middle lies. */
export interface PairedRatio {
  readonly median: number;
  /**
   * Together with `high`: holds the true median in at least 95 of 100 runs, whatever the noise
   * looks like.
   */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/** Below this no two of the ratios enclose the median surely enough. */
export const MIN_PAIRS = 6;

const CONFIDENCE = 0.95;

/**
 * Each ratio compares two rounds that ran side by side. The bounds are the k-th smallest and the
 * k-th largest of them: the true median lies outside only if fewer than k of n fair coins fall on
 * one side.
 * @throws {RangeError} for fewer than {@link MIN_PAIRS}.
 */
export function summarizeRatios(ratios: readonly number[]): PairedRatio {
  if (ratios.length < MIN_PAIRS)
    throw new RangeError(`got ${ratios.length} pairs, need at least ${MIN_PAIRS}`);
  const sorted = ratios.toSorted((left, right) => left - right);
  const at = (index: number): number => sorted[index] ?? NaN;
  const count = sorted.length;
  const left = boundingRank(count) - 1;
  return {
    median: (at(Math.floor((count - 1) / 2)) + at(Math.ceil((count - 1) / 2))) / 2,
    low: at(left),
    high: at(count - 1 - left),
    pairs: count,
  };
}

/**
 * The largest k for which P(fewer than k heads of n) is at most half of what the confidence leaves.
 */
function boundingRank(count: number): number {
  const tail = (1 - CONFIDENCE) / 2;
  let probability = 0.5 ** count;
  let sum = probability;
  let rank = 0;
  while (sum <= tail) {
    rank += 1;
    probability *= (count - rank + 1) / rank;
    sum += probability;
  }
  return rank;
}
