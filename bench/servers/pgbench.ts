import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOutput } from '../../e2e/docker.ts';
import { hardened, writeFiles } from '../../e2e/image-set-up.ts';
import { runImage } from '../../e2e/run-images.ts';
import { DATABASE } from '../../infra/settings/standard-names.ts';
import { startMeters, type Meters } from '../rounds/used-cpu.ts';
import type { BenchServers } from './bench-servers.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { SEEDED } from './seed.ts';

export interface PgbenchRound {
  readonly perSecond: number;
  /** Processor time per transaction, by the name of the process. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

export interface Pgbench {
  measure(work: {
    readonly address: PostgresAddress;
    readonly clients: number;
    readonly meters: Meters;
  }): Promise<PgbenchRound>;
}

const { countedGuild, countedUsers } = SEEDED;
/** One row by its primary key. */
const SCRIPT = `\\set user random(${countedUsers[0]}, ${countedUsers.at(-1)})
SELECT status, at FROM presence WHERE guild_id = '${countedGuild}' AND user_id = :user::text;
`;
const SECONDS = 1;
/** Until every client is connected, which pgbench does not count. */
const CONNECTING_MS = 500;
const METERED_MS = 450;

/** pgbench in a container that reaches the servers both ways, over sockets and over TCP. */
export async function openPgbench({
  scope,
  network,
  live,
  credentials,
}: BenchServers): Promise<Pgbench> {
  const script = await writeFiles(scope, 'pgbench', { 'read.sql': SCRIPT });
  const { name, password } = credentials.app;
  const container = await scope.run(
    ...[...hardened, '--no-healthcheck', '--network', network],
    ...[...live.postgresMount, ...live.poolerMount, '--volume', `${script}:/scripts:ro`],
    ...['--env', `PGPASSWORD=${password}`, '--entrypoint', 'sleep'],
    ...[await runImage('postgres'), 'infinity'],
  );
  return {
    async measure({ address, clients, meters }) {
      const output = dockerOutput(
        ...['exec', container, 'pgbench', '--no-vacuum', '--protocol', 'prepared'],
        ...['--client', String(clients), '--time', String(SECONDS)],
        ...['--file', '/scripts/read.sql', '--username', name],
        ...['--host', address.host, '--port', String(address.port), DATABASE],
      );
      output.catch(() => undefined);
      await sleep(CONNECTING_MS);
      const stopMeters = startMeters(meters);
      const startedAtMs = performance.now();
      await sleep(METERED_MS);
      const meteredMs = performance.now() - startedAtMs;
      const usedPer = stopMeters(1);
      const perSecond = readThroughput(await output);
      const operations = (perSecond * meteredMs) / 1_000;
      return {
        perSecond,
        cpuUs: Object.fromEntries(
          Object.entries(usedPer).map(([process, us]) => [process, us / operations]),
        ),
      };
    },
  };
}

/** Transactions a second, without the time for connecting. @throws with what pgbench said. */
export function readThroughput(output: string): number {
  const failed = Number(/^number of failed transactions: (\d+)/m.exec(output)?.[1]);
  const perSecond = Number(/^tps = (\S+) /m.exec(output)?.[1]);
  if (failed !== 0 || Number.isNaN(perSecond)) throw new Error(`pgbench failed:\n${output}`);
  return perSecond;
}
