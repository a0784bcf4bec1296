import { dockerOutput } from '../../../e2e/docker.ts';
import { openCpuMeter } from '../../rounds/control-group.ts';
import type { Meters } from '../../rounds/used-cpu.ts';
import type { BenchServers } from '../../servers/bench-servers.ts';
import { openOtherPooler } from '../../servers/poolers.ts';
import {
  commonPoolerAt,
  DIRECT_SOCKET,
  DIRECT_TCP,
  otherPoolerAt,
  OUR_POOLER,
  type PostgresAddress,
} from '../../servers/postgres-address.ts';

/** One way to Postgres. */
export interface Path {
  readonly address: PostgresAddress;
  /** Containers that nothing else uses, paused. */
  readonly containers: readonly string[];
  readonly meters: Meters;
}

export type PathName =
  'direct TCP' | 'direct socket' | 'ours' | 'common pgbouncer.ini' | 'pgpool-II' | 'HAProxy';

export async function openPaths(servers: BenchServers): Promise<Readonly<Record<PathName, Path>>> {
  const { live } = servers;
  const postgres = { Postgres: await openCpuMeter(live.postgres) };
  const between = async (container: string, address: PostgresAddress): Promise<Path> => {
    const meters = { ...postgres, between: await openCpuMeter(container) };
    await dockerOutput('pause', container);
    return { address, containers: [container], meters };
  };
  return {
    'direct TCP': { address: DIRECT_TCP, containers: [], meters: postgres },
    'direct socket': { address: DIRECT_SOCKET, containers: [], meters: postgres },
    ours: {
      address: OUR_POOLER,
      containers: [],
      meters: { ...postgres, between: await openCpuMeter(live.pgbouncer) },
    },
    'common pgbouncer.ini': await between(
      await servers.openCommonPooler('common-path'),
      commonPoolerAt('common-path'),
    ),
    'pgpool-II': await between(await openOtherPooler(servers, 'pgpool'), otherPoolerAt('pgpool')),
    HAProxy: await between(await openOtherPooler(servers, 'haproxy'), otherPoolerAt('haproxy')),
  };
}
