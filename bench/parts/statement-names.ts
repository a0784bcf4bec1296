import type { Bench, Measured } from '../bench.ts';
import { TARGETS } from '../figures/target.ts';
import { ratioOf } from '../rounds/passes.ts';
import type { Round } from '../rounds/http-round.ts';
import { show } from '../../e2e/pgbouncer-console.ts';
import { DATABASE } from '../../infra/settings/standard-names.ts';
import { MONITORING_OFF } from './monitoring-cost.ts';
import { measureTwoWays, type Way } from './two-ways.ts';

/** What PgBouncer has passed on for the app's database; numbers that only grow. */
interface Passed {
  readonly queries: number;
  /** Of those, the ones that used a named statement; every other one is parsed by Postgres. */
  readonly binds: number;
  /** Named statements that a server connection did not know yet. */
  readonly serverParses: number;
}

const TABLE = 'What named statements save, named / unnamed';
const SHARES = 'Statements that Postgres parses, per query';

/** What it is worth to prepare statements under a name instead of sending each text again. */
export async function benchStatementNames(bench: Bench): Promise<Measured> {
  const named = countPassed(bench);
  const unnamed = countPassed(bench);
  const measured = await measureTwoWays(bench, {
    ways: {
      named: { changed: { variables: MONITORING_OFF }, beside: named.beside },
      unnamed: {
        changed: { variables: { ...MONITORING_OFF, DATABASE_STATEMENT_NAMES: 'off' } },
        beside: unnamed.beside,
      },
    },
    passes: 12,
  });
  const sides = ['named', 'unnamed'] as const;
  const ratio = (row: string, by: Parameters<typeof ratioOf<'named' | 'unnamed', Round>>[2]) => ({
    table: TABLE,
    row,
    column: 'ratio',
    value: ratioOf(measured, sides, by),
  });
  const share = (column: string, { queries, binds, serverParses }: Passed) => [
    {
      table: SHARES,
      row: 'for a name that the server connection does not know',
      column,
      value: serverParses / queries,
      ...(column === 'named' && { target: TARGETS.serverParses }),
    },
    { table: SHARES, row: 'without a name', column, value: (queries - binds) / queries },
  ];
  return {
    figures: [
      ratio('requests a second', ({ perSecond }) => perSecond),
      ratio("Postgres' CPU per request", ({ cpuUs }) => cpuUs['Postgres'] ?? NaN),
      ratio("the app's CPU per request", ({ cpuUs }) => cpuUs['app'] ?? NaN),
      ...share('named', named.total()),
      ...share('unnamed', unnamed.total()),
    ],
  };
}

/** Adds up what passes while a way is measured. */
function countPassed({ servers }: Bench): Required<Pick<Way, 'beside'>> & { total(): Passed } {
  let total: Passed = { queries: 0, binds: 0, serverParses: 0 };
  return {
    total: () => total,
    beside: () => {
      const before = readPassed(servers.live.pgbouncer);
      before.catch(() => undefined);
      return async () => {
        const [start, end] = [await before, await readPassed(servers.live.pgbouncer)];
        total = {
          queries: total.queries + end.queries - start.queries,
          binds: total.binds + end.binds - start.binds,
          serverParses: total.serverParses + end.serverParses - start.serverParses,
        };
      };
    },
  };
}

async function readPassed(pgbouncer: string): Promise<Passed> {
  const rows = await show(pgbouncer, 'SHOW STATS');
  const row = rows.find(({ database }) => database === DATABASE);
  const count = (column: string): number => Number(row?.[column]);
  return {
    queries: count('total_query_count'),
    binds: count('total_bind_count'),
    serverParses: count('total_server_parse_count'),
  };
}
