import { dockerOutput } from '../../e2e/docker.ts';
import { hardened } from '../../e2e/image-set-up.ts';
import { DATABASE } from '../../infra/settings/standard-names.ts';
import type { BenchServers } from './bench-servers.ts';
import { peersImage } from './peers-image.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { SEEDED } from './seed.ts';

/** What became of many clients of one pooler; as bench/peers/many-clients.ts prints it. */
export interface ClientsRound {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Clients that got an answer at all. */
  readonly served: number;
  /** Attempts that failed, by the reason. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface ManyClients {
  measure(address: PostgresAddress, clients: number): Promise<ClientsRound>;
}

const TIMES = { SETTLE_MS: 1_200, MEASURE_MS: 1_200 };

/** @param mounts socket directories of the poolers that are reached by one. */
export async function openManyClients(
  { scope, network, credentials }: BenchServers,
  mounts: readonly string[],
): Promise<ManyClients> {
  const container = await scope.run(
    ...[...hardened, '--network', network, ...mounts],
    ...[await peersImage(() => undefined), 'sleep', 'infinity'],
  );
  const { name, password } = credentials.app;
  return {
    async measure({ host, port }, clients) {
      const variables = {
        CLIENTS: clients,
        ...TIMES,
        USERS: JSON.stringify(SEEDED.countedUsers),
        POOLER_HOST: host,
        POOLER_PORT: port,
        DATABASE_USER: name,
        DATABASE_PASSWORD: password,
        DATABASE_NAME: DATABASE,
      };
      const given = Object.entries(variables).flatMap(([key, value]) => [
        '--env',
        `${key}=${value}`,
      ]);
      return JSON.parse(
        await dockerOutput('exec', ...given, container, 'node-24', 'many-clients.js'),
      ) as ClientsRound;
    },
  };
}
