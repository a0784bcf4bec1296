import type { Bench, Measured } from '../../bench.ts';
import type { Figure } from '../../figures/figure.ts';
import { summarizeRatios } from '../../figures/paired-ratio.ts';
import { TARGETS, type Target } from '../../figures/target.ts';
import type { Round } from '../../rounds/http-round.ts';
import { measurePasses, ratioOf, type Pass } from '../../rounds/passes.ts';
import { isDisturbed } from '../../rounds/quiet-machine.ts';
import { LOADS, type LoadName } from './loads.ts';
import { perRequest } from './per-request.ts';
import { ALL_PEERS, openSides, type PeerName, type SideName } from './sides.ts';

/** How much is measured. */
interface Extent {
  readonly peers: readonly PeerName[];
  /** Processes of each side. */
  readonly instances: number;
  readonly loads: readonly Load[];
}

interface Load {
  readonly name: LoadName;
  readonly connections: number;
  readonly passes: number;
  readonly seconds: number;
}

const FEW = 16;
const at16 = (names: readonly LoadName[], effort: Pick<Load, 'passes' | 'seconds'>): Load[] =>
  names.map((name) => ({ name, connections: FEW, ...effort }));

const READS_AND_WRITES = ['/livez', 'cached read', 'counting read', 'write'] as const;

export const FULL: Extent = {
  peers: ALL_PEERS,
  instances: 3,
  loads: [
    ...at16([...READS_AND_WRITES, 'mixed'], { passes: 6, seconds: 0.8 }),
    { name: 'mixed', connections: 128, passes: 6, seconds: 1 },
    { name: 'mixed', connections: 500, passes: 6, seconds: 1 },
  ],
};

/** As many rounds as a slower route takes to be seen beside the floor. */
export const QUICK: Extent = {
  peers: ['floor'],
  instances: 4,
  loads: at16(READS_AND_WRITES, { passes: 12, seconds: 0.8 }),
};

/** Where each peer stands: a page's width has room for two columns with bounds and a target. */
const PLACES: Readonly<Record<PeerName, readonly [table: string, column: string]>> = {
  'stock, Node 20': ['Requests a second, ours / bare stock app', 'Node 20'],
  'stock, Node 24': ['Requests a second, ours / bare stock app', 'Node 24'],
  'protected stock, Node 20': ['Requests a second, ours / protected stock app', 'Node 20'],
  'protected stock, Node 24': ['Requests a second, ours / protected stock app', 'Node 24'],
  Fastify: ['Requests a second, ours / other peers', 'Fastify'],
  floor: ['Requests a second, ours / other peers', 'floor'],
};

/** The app's routes, side by side with other ways to serve the same. */
export async function benchRoutes(
  { servers, report, signal }: Bench,
  { peers, instances, loads }: Extent,
): Promise<Measured> {
  const sides = await openSides({ servers, peers, instances, report, signal });
  const figures: Figure[] = [];
  const details: Figure[] = [];
  for (const load of loads) {
    const { name, connections, passes, seconds } = load;
    const what = `${name}, ${connections}`;
    const measured = await measurePasses({
      sides: sides.under({ connections, requests: LOADS[name], seconds }),
      passes,
      report: (line) => report(`${what}: ${line}`),
      signal,
    });
    figures.push(...peers.map((peer) => compare(load, peer, measured)));
    if (connections === FEW) figures.push(tailOf(what, measured));
    for (const side of sides.names) {
      const rounds = measured.map((pass) => pass[side]);
      details.push(...perRequest({ row: what, side }, rounds));
    }
  }
  await sides.close();
  return { figures: [...figures, ...details] };
}

function compare(
  { name, connections }: Load,
  peer: PeerName,
  measured: readonly Pass<SideName, Round>[],
): Figure {
  const [table, column] = PLACES[peer];
  const target = targetFor(peer, name);
  return {
    table,
    row: `${name}, ${connections}`,
    column,
    value: ratioOf(measured, ['ours', peer], ({ perSecond }) => perSecond),
    ...(wasDisturbed(peer, measured) && { isDisturbed: true }),
    ...(target !== undefined && { target }),
  };
}

/** Whether others were busy in half of the rounds, however often those were repeated. */
const wasDisturbed = (peer: PeerName, measured: readonly Pass<SideName, Round>[]): boolean =>
  (['ours', peer] as const).some((side) =>
    isDisturbed(summarizeRatios(measured.map((pass) => pass[side].othersCores)).median),
  );

function targetFor(peer: PeerName, load: LoadName): Target | undefined {
  switch (peer) {
    case 'stock, Node 24':
      return TARGETS.toBareStock;
    case 'protected stock, Node 24':
      return TARGETS.toProtectedStock;
    case 'floor':
      if (load === 'write') return TARGETS.writesToFloor;
      return load === 'mixed' ? undefined : TARGETS.readsToFloor;
    case 'stock, Node 20':
    case 'protected stock, Node 20':
    case 'Fastify':
      return undefined;
  }
}

const tailOf = (row: string, measured: readonly Pass<SideName, Round>[]): Figure => ({
  table: 'Latency of ours',
  row,
  column: 'p99 / median',
  value: summarizeRatios(measured.map(({ ours }) => ours.p99Ms / ours.p50Ms)),
  target: TARGETS.tail,
});
