const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * Returns the delay before the next try after `failures` in a row. `random` (0 up to 1) spreads the
 * dashboards that all lost the same app over the upper half of the time.
 */
export function backoffMs(failures: number, random: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return longest * (0.5 + random / 2);
}
