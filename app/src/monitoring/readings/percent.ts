/** A use in percent of its limit, with two decimals; 0 of 0 is 0. */
export function toPercent(used: number, limit: number): number {
  return limit === 0 ? 0 : Math.round((used * 10_000) / limit) / 100;
}
