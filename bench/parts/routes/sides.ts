import { dockerOutput } from '../../../e2e/docker.ts';
import { measureHttp, type Round, type Work } from '../../rounds/http-round.ts';
import type { Instance, Side } from '../../rounds/passes.ts';
import { isDisturbed } from '../../rounds/quiet-machine.ts';
import { openCpuMeter } from '../../rounds/control-group.ts';
import type { Meters } from '../../rounds/used-cpu.ts';
import { removeContainers, type BenchServers } from '../../servers/bench-servers.ts';
import { startOurs, startPeer, type MeasuredApp } from '../../servers/measured-app.ts';
import { LOADS } from './loads.ts';

/** Every app that is measured, by the name in the tables; all but the first two use Node 24. */
const PEERS = {
  'stock, Node 20': { program: 'stock', node: 'node-20' },
  'stock, Node 24': { program: 'stock', node: 'node-24' },
  'protected stock, Node 20': { program: 'stock-protected', node: 'node-20' },
  'protected stock, Node 24': { program: 'stock-protected', node: 'node-24' },
  Fastify: { program: 'fastify', node: 'node-24' },
  floor: { program: 'floor', node: 'node-24' },
} as const;

export type PeerName = keyof typeof PEERS;
export type SideName = PeerName | 'ours';

export const ALL_PEERS = Object.keys(PEERS) as PeerName[];

/** Warm and paused instances of every side, and how each is measured under a load. */
export interface Sides {
  readonly names: readonly SideName[];
  under(work: Work): readonly Side<SideName, Round>[];
  /** Removes the instances, and the PgBouncers made for them: their connections count. */
  close(): Promise<void>;
}

/** Each process gets this long to compile what is used often. */
const WARM_UP = { connections: 16, requests: LOADS.mixed, seconds: 2.5 };
const WARM_UP_PROBE = { connections: 16, requests: LOADS['/livez'], seconds: 0.5 };

/**
 * Starts our app and these peers. Each set of instances has a common PgBouncer of its own, which
 * would not let in the connections of all sets.
 */
export async function openSides(parts: {
  readonly servers: BenchServers;
  readonly peers: readonly PeerName[];
  readonly instances: number;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<Sides> {
  const { servers, peers, instances, report, signal } = parts;
  const names: readonly SideName[] = ['ours', ...peers];
  const instancesOf = new Map<SideName, { app: MeasuredApp; meters: Meters }[]>();
  const shared: Meters = {
    Postgres: await openCpuMeter(servers.live.postgres),
    Redis: await openCpuMeter(servers.live.redis),
  };
  const ourPooler = await openCpuMeter(servers.live.pgbouncer);
  const commonPoolers: string[] = [];
  for (let set = 1; set <= instances; set += 1) {
    const pooler = `common-${set}`;
    const usesTcp = peers.some((peer) => PEERS[peer].program !== 'floor');
    if (usesTcp) commonPoolers.push(await servers.openCommonPooler(pooler));
    const commonPooler = usesTcp ? await openCpuMeter(commonPoolers.at(-1) ?? '') : ourPooler;
    for (const name of names) {
      signal.throwIfAborted();
      report(`starting ${name}, ${set} of ${instances}`);
      const app =
        name === 'ours'
          ? await startOurs(servers)
          : await startPeer(servers, { ...PEERS[name], pooler });
      await measureHttp(app.target, WARM_UP);
      await measureHttp(app.target, WARM_UP_PROBE);
      const meters = {
        app: await openCpuMeter(app.id),
        Postgres: shared['Postgres'] ?? ourPooler,
        PgBouncer: name === 'ours' || name === 'floor' ? ourPooler : commonPooler,
        Redis: shared['Redis'] ?? ourPooler,
      };
      await dockerOutput('pause', app.id);
      instancesOf.set(name, [...(instancesOf.get(name) ?? []), { app, meters }]);
    }
  }
  return {
    names,
    under: (work) =>
      names.map((name) => ({
        name,
        instances: (instancesOf.get(name) ?? []).map(({ app, meters }): Instance<Round> => ({
          containers: [app.id],
          measure: () => measureHttp(app.target, work, meters),
          isDisturbed: ({ othersCores }) => isDisturbed(othersCores),
        })),
      })),
    close: () =>
      removeContainers([
        ...[...instancesOf.values()].flat().map(({ app }) => app.id),
        ...commonPoolers,
      ]),
  };
}
