import type { Figure } from './figures.ts';
import type { Bench } from './bench.ts';
import { MONITORING_OFF } from './monitoring-cost.ts';
import { compareSides, type Round } from './interleaved-rounds.ts';

const EFFORT = { minPairs: 12, maxPairs: 16, width: 0.03 };

const throughput = ({ perSecond }: Round): number => perSecond;
const postgresCpu = ({ grown }: Round): number => grown.postgresCpuMs / grown.queries;
const appCpu = ({ grown, requests }: Round): number => grown.appCpuMs / requests;
const serverParses = ({ grown }: Round): number => grown.serverParses / grown.queries;
/**
 * PgBouncer counts parses and binds of named statements only; Postgres parses every other query for
 * itself.
 */
const unnamedShare = ({ grown }: Round): number => (grown.queries - grown.binds) / grown.queries;

/** What it is worth to prepare statements under a name instead of sending each text again. */
export async function benchStatementNames({
  live,
  report,
  signal,
}: Bench): Promise<readonly Figure[]> {
  const sides = [
    { name: 'named', start: () => live.startApp({ variables: MONITORING_OFF }) },
    {
      name: 'unnamed',
      start: () =>
        live.startApp({ variables: { ...MONITORING_OFF, DATABASE_STATEMENT_NAMES: 'off' } }),
    },
  ] as const;
  const comparison = await compareSides({ live, sides, effort: EFFORT, report, signal });
  return [
    { what: 'requests a second, statements named / unnamed', value: comparison.ratio(throughput) },
    { what: "Postgres' CPU per query, named / unnamed", value: comparison.ratio(postgresCpu) },
    { what: "the app's CPU per request, named / unnamed", value: comparison.ratio(appCpu) },
    {
      what: 'server parses per query, named',
      value: comparison.mean(0, serverParses),
      target: { atMost: 0.001 },
    },
    {
      what: 'share of queries that are parsed for themselves, named',
      value: comparison.mean(0, unnamedShare),
    },
    {
      what: 'share of queries that are parsed for themselves, unnamed',
      value: comparison.mean(1, unnamedShare),
    },
  ];
}
