import type { Bench, Measured } from '../../bench.ts';
import type { Figure } from '../../figures/figure.ts';
import { summarizeRatios } from '../../figures/paired-ratio.ts';
import { TARGETS } from '../../figures/target.ts';
import { measurePasses, ratioOf, type Pass } from '../../rounds/passes.ts';
import { removeContainers } from '../../servers/bench-servers.ts';
import { openPgbench, type PgbenchRound } from '../../servers/pgbench.ts';
import { openPaths, type PathName } from './paths.ts';

const PASSES = 6;
const CLIENTS = [16, 64];

type Passes = readonly Pass<PathName, PgbenchRound>[];

/** Ways to Postgres, side by side: pgbench, prepared statements, one row by its primary key. */
export async function benchPooledPath({ servers, report, signal }: Bench): Promise<Measured> {
  const pgbench = await openPgbench(servers);
  const paths = await openPaths(servers);
  const names = Object.keys(paths) as PathName[];
  const figures: Figure[] = [];
  for (const clients of CLIENTS) {
    const measured = await measurePasses({
      sides: names.map((name) => ({
        name,
        instances: [
          {
            containers: paths[name].containers,
            measure: () => pgbench.measure({ ...paths[name], clients }),
          },
        ],
      })),
      passes: PASSES,
      report: (line) => report(`${clients} clients: ${line}`),
      signal,
    });
    figures.push(...names.flatMap((name) => describe(name, clients, measured)));
  }
  await removeContainers(names.flatMap((name) => paths[name].containers));
  return { figures };
}

function describe(name: PathName, clients: number, measured: Passes): readonly Figure[] {
  const medianOf = (process: string) =>
    summarizeRatios(measured.map((pass) => pass[name].cpuUs[process] ?? NaN));
  const throughput: Figure = {
    table: 'Transactions a second, path / direct TCP',
    row: name,
    column: `${clients} clients`,
    value: ratioOf(measured, [name, 'direct TCP'], ({ perSecond }) => perSecond),
    ...(name === 'ours' && { target: TARGETS.pooledPath }),
  };
  const isBetween = measured[0]?.[name].cpuUs['between'] !== undefined;
  const cpu = (column: string, process: string): Figure => ({
    table: `CPU per transaction in µs, ${clients} clients`,
    row: name,
    column,
    value: medianOf(process),
  });
  return [
    ...(name === 'direct TCP' ? [] : [throughput]),
    cpu('Postgres', 'Postgres'),
    ...(isBetween ? [cpu('between', 'between')] : []),
  ];
}
