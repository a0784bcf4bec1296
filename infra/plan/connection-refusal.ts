import type { Fault } from '../settings/fault.ts';
import type { PoolerDemand } from './connection-demand.ts';
import { type Hop, sum, type Term } from './hop.ts';

/** `instances` is the number of app instances whose clients may all land on one bouncer. */
export function checkClientHop({ uses, used, limit }: Hop, instances: number): Fault[] {
  if (used <= limit) return [];
  const fitting = Math.floor((limit - sum(uses.slice(1))) / instances);
  return [
    {
      key: 'app.poolMax',
      got: `${showSum(uses)} = ${used} client connections, but a bouncer takes ${limit}`,
      allowed: `at most ${limit} client connections (pooler.maxClientConn)`,
      remedy: waysOut(['app.poolMax', fitting], ['pooler.maxClientConn', used]),
    },
  ];
}

export function checkServerHop(pooler: PoolerDemand, hopOfServers: Hop, bouncers: number): Fault[] {
  const { uses, used, limit } = hopOfServers;
  if (used <= limit) return [];
  const { poolSize, reservePoolSize } = pooler;
  const left = limit - sum(uses.slice(1));
  const fitting = Math.floor(left / bouncers) - reservePoolSize;
  const processes = fittingProcesses(pooler, bouncers - left / (poolSize + reservePoolSize));
  const fewer = processes < 1 ? '' : ` Or lower pooler.processes to ${processes}.`;
  const shared =
    pooler.placement === 'sidecar'
      ? ' Or set pooler.placement to shared, ' +
        'so that the pools do not multiply with the app instances.'
      : '';
  return [
    {
      key: 'pooler.poolSize',
      got: `${showSum(uses)} = ${used}, but Postgres offers ${showOffer(hopOfServers)}`,
      allowed: `at most ${limit} server connections`,
      remedy:
        waysOut(
          ['pooler.poolSize', fitting],
          ['postgres.maxConnections', raisedMaxConnections(hopOfServers)],
        ) +
        fewer +
        shared,
    },
  ];
}

/** Each process is counted once more where it may be leaving while its successor runs. */
function fittingProcesses({ placement, processes }: PoolerDemand, bouncersTooMany: number): number {
  if (placement === 'sidecar') return 0;
  const counted = placement.leaving > 0 ? 2 : 1;
  return processes - Math.ceil(bouncersTooMany / counted);
}

export function checkDirectHop(direct: Hop, instances: number): Fault[] {
  const { uses, used, limit } = direct;
  if (used <= limit) return [];
  return [
    {
      key: 'app.poolMax',
      got: `${showSum(uses)} = ${used}, but Postgres offers ${showOffer(direct)}`,
      allowed: `at most ${limit} connections while pooler.enabled is false`,
      remedy: waysOut(
        ['app.poolMax', Math.floor((limit - sum(uses.slice(1))) / instances)],
        ['postgres.maxConnections', raisedMaxConnections(direct)],
      ),
    },
  ];
}

/** A bouncer that runs out of them refuses clients that `max_client_conn` would let in. */
export function checkFileDescriptors(needed: number, limit: number): Fault[] {
  if (needed <= limit) return [];
  return [
    {
      key: 'pooler.maxClientConn',
      got: `${needed} file descriptors for clients, servers and the process itself`,
      allowed: `at most ${limit} of them for one bouncer`,
      remedy: `Lower pooler.maxClientConn or pooler.poolSize by ${needed - limit} together.`,
    },
  ];
}

/** The first term is a product, whose label shows its factors. */
const showSum = ([product, ...others]: readonly Term[]): string =>
  [product?.label ?? '', ...others.map(({ label, count }) => `${count} ${label}`)].join(' + ');

const showOffer = ({ limits, limit }: Hop): string =>
  `${limit} (${limits[0]?.count ?? 0} - ${-sum(limits.slice(1))} reserved)`;

const raisedMaxConnections = ({ limits, used }: Hop): number => used - sum(limits.slice(1));

function waysOut(
  [lowered, fitting]: readonly [string, number],
  [raised, needed]: readonly [string, number],
): string {
  return fitting >= 1
    ? `Lower ${lowered} to ${fitting}, or raise ${raised} to ${needed}.`
    : `Raise ${raised} to ${needed}.`;
}
