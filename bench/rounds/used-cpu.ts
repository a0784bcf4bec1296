import type { Meter } from './control-group.ts';

/** By the names that a table gives them. */
export type Meters = Readonly<Record<string, Meter>>;

/** Begins to count; gives the microseconds of each process per operation since. */
export function startMeters(meters: Meters): (operations: number) => Record<string, number> {
  const before = Object.entries(meters).map(([name, meter]) => ({ name, meter, fromMs: meter() }));
  return (operations) =>
    Object.fromEntries(
      before.map(({ name, meter, fromMs }) => [name, ((meter() - fromMs) * 1_000) / operations]),
    );
}
