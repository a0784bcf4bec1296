import type { Figure } from '../../figures/figure.ts';
import { summarizeRatios } from '../../figures/paired-ratio.ts';
import type { Round } from '../../rounds/http-round.ts';
import type { SideName } from './sides.ts';

/** Sides that a page has room for; the file of a run has all. */
const SHOWN: readonly SideName[] = ['ours', 'protected stock, Node 24'];

/** What a request takes: processor time of each process, and time. */
export function perRequest(
  { row, side }: { readonly row: string; readonly side: SideName },
  rounds: readonly Round[],
): readonly Figure[] {
  const figure = (of: string, column: string, by: (round: Round) => number): Figure => ({
    table: `${of}, ${side}`,
    row,
    column,
    value: summarizeRatios(rounds.map(by)),
    ...(SHOWN.includes(side) ? {} : { isDetail: true }),
  });
  const processes = Object.keys(rounds[0]?.cpuUs ?? {});
  return [
    ...processes.map((process) =>
      figure('CPU per request in µs', process, ({ cpuUs }) => cpuUs[process] ?? NaN),
    ),
    figure('Time in ms', 'median', ({ p50Ms }) => p50Ms),
    figure('Time in ms', 'p99', ({ p99Ms }) => p99Ms),
    figure('Requests a second', 'requests', ({ perSecond }) => perSecond),
    {
      ...figure('Cores that others used', 'cores', ({ othersCores }) => othersCores),
      isDetail: true,
    },
  ];
}
