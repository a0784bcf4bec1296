import { dockerOutput } from '../../e2e/docker.ts';
import { hardened, untilReady, writeFiles } from '../../e2e/image-set-up.ts';
import { planLive } from '../../e2e/live-plan.ts';
import { runImage } from '../../e2e/run-images.ts';
import { renderPoolerUsers } from '../../infra/running/pooler-files.ts';
import type { Bench, Measured } from '../bench.ts';
import type { Figure } from '../figures/figure.ts';
import { summarizeRatios } from '../figures/paired-ratio.ts';
import { measurePasses } from '../rounds/passes.ts';
import { removeContainers, type BenchServers } from '../servers/bench-servers.ts';
import { openManyClients, type ClientsRound } from '../servers/many-clients.ts';
import { commonPoolerAt, otherPoolerAt, OUR_POOLER } from '../servers/postgres-address.ts';
import { openOtherPooler } from '../servers/poolers.ts';

const FEW = 16;
const MANY = 500;
const PASSES = 6;
/** What a plan for so many clients says; the server pool stays as it is by default. */
const SETTINGS = {
  pooler: {
    poolSize: 25,
    minPoolSize: 5,
    reservePoolSize: 5,
    maxClientConn: MANY + 50,
  },
};
const NAME = 'overload';

type PoolerName = 'ours' | 'common pgbouncer.ini' | 'pgpool-II';

/** Many more clients than a pooler has server connections. */
export async function benchOverload({ servers, report, signal }: Bench): Promise<Measured> {
  const ours = await openPlannedPooler(servers);
  const poolers = {
    ours: { id: ours.id, address: OUR_POOLER },
    'common pgbouncer.ini': {
      id: await servers.openCommonPooler(NAME),
      address: commonPoolerAt(NAME),
    },
    'pgpool-II': {
      id: await openOtherPooler(servers, 'pgpool'),
      address: otherPoolerAt('pgpool'),
    },
  } as const satisfies Record<PoolerName, unknown>;
  const clients = await openManyClients(servers, ours.mount);
  const names = Object.keys(poolers) as PoolerName[];
  const ids = names.map((name) => poolers[name].id);
  await dockerOutput('pause', ...ids);
  const measured = await measurePasses({
    sides: names.map((name) => ({
      name,
      instances: [
        {
          containers: [poolers[name].id],
          measure: async () => ({
            few: await clients.measure(poolers[name].address, FEW),
            many: await clients.measure(poolers[name].address, MANY),
          }),
        },
      ],
    })),
    passes: PASSES,
    report,
    signal,
  });
  await removeContainers(ids);
  return {
    figures: names.flatMap((name) =>
      describe(
        name,
        measured.map((pass) => pass[name]),
      ),
    ),
  };
}

interface FewAndMany {
  readonly few: ClientsRound;
  readonly many: ClientsRound;
}

function describe(column: PoolerName, rounds: readonly FewAndMany[]): readonly Figure[] {
  const figure = (row: string, by: (round: FewAndMany) => number): Figure => ({
    table: `Overload, ${MANY} clients`,
    row,
    column,
    value: summarizeRatios(rounds.map(by)),
  });
  const failed = ({ failures }: ClientsRound): number =>
    Object.values(failures).reduce((sum, count) => sum + count, 0);
  return [
    figure(`throughput, ${MANY} / ${FEW}`, ({ few, many }) => many.perSecond / few.perSecond),
    figure('p99 / p50', ({ many }) => many.p99Ms / many.p50Ms),
    figure('clients served', ({ many }) => many.served),
    figure('failed attempts', ({ many }) => failed(many)),
  ];
}

/** A second PgBouncer by the plan of an environment with so many clients. */
async function openPlannedPooler({ scope, live, credentials }: BenchServers): Promise<{
  readonly id: string;
  readonly mount: readonly string[];
}> {
  const plan = planLive(SETTINGS);
  if (plan.pooler === 'off') throw new Error('the plan has no pooler');
  const config = await writeFiles(scope, `config-of-${NAME}`, {
    'pgbouncer.ini': plan.pooler.ini,
    'userlist.txt': renderPoolerUsers(credentials),
  });
  const mount = ['--volume', `${await scope.volume(`${NAME}-sockets`)}:${OUR_POOLER.host}`];
  const id = await scope.run(
    ...[...hardened, '--no-healthcheck', '--network', 'none'],
    ...['--volume', `${config}:/etc/pgbouncer:ro`, ...live.postgresMount, ...mount],
    await runImage('pgbouncer'),
  );
  await untilReady(id, 'at the start');
  return { id, mount };
}
