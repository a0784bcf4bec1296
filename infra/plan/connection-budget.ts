import type { Fault } from '../settings/fault.ts';
import {
  checkClientHop,
  checkDirectHop,
  checkFileDescriptors,
  checkServerHop,
} from './connection-refusal.ts';
import { addUp, type Hop, sum, type Term } from './hop.ts';

/** Postgres keeps these for superusers (`superuser_reserved_connections`), its stock value. */
export const SUPERUSER_RESERVED = 3;
/** People on PgBouncer's console, and a tool beside them. */
const ADMIN_CLIENTS = 2;
/** The one-shot that prepares the database: once as superuser, once as owner. */
const MIGRATE_CONNECTIONS = 2;
/** People with psql past the bouncer at three in the morning. */
const DIRECT_CONNECTIONS = 3;
/** What a bouncer may open: constant, so that a changed pool reloads and does not replace the container for its limit. */
export const BOUNCER_FILE_DESCRIPTORS = 16_384;
/** Each app instance watches a bouncer and Postgres over one connection of its own. */
const MONITORING_PER_INSTANCE = 1;
const MONITORING = 'monitoring';

/** How many processes of one kind may hold connections at once. */
export interface Crowd {
  readonly replicas: number;
  /** Those that may run beside them during a rollout. */
  readonly surge: number;
  /** Those on their way out: Kubernetes replaces a pod without waiting for its end, and until then it keeps what it has opened. */
  readonly leaving: number;
}

/** How many processes share the limits, and what each may open. Counts, never rates. */
export interface ConnectionDemand {
  readonly instances: Crowd;
  /** Connections one app instance may open. */
  readonly poolMax: number;
  readonly pooler: PoolerDemand | 'off';
  readonly postgres: { readonly maxConnections: number; readonly reservedConnections: number };
}

export interface PoolerDemand {
  /** Bouncers of a shared tier; a sidecar is one for each app instance. */
  readonly placement: 'sidecar' | Crowd;
  readonly poolSize: number;
  readonly reservePoolSize: number;
  readonly maxClientConn: number;
}

export interface ConnectionBudget {
  /** Bouncers that may hold server connections at once; 0 when the pooler is off. */
  readonly bouncers: number;
  readonly hops: readonly Hop[];
}

/**
 * Counts every connection that could exist at the worst moment of a rollout against every limit on its way.
 * Integers in, integers out; a sum that does not fit comes back as a fault with two numbers that would.
 */
export function planConnections(demand: ConnectionDemand): {
  readonly budget: ConnectionBudget;
  readonly faults: readonly Fault[];
} {
  const { pooler } = demand;
  const instances = size(demand.instances);
  if (pooler === 'off') {
    const direct = directHop(demand);
    return { budget: { bouncers: 0, hops: [direct] }, faults: checkDirectHop(direct, instances) };
  }
  const bouncers = size(bouncersOf(demand, pooler));
  const clients = clientHop(demand, pooler);
  const servers = serverHop(demand, pooler);
  return {
    budget: { bouncers, hops: [clients, servers] },
    faults: [
      ...checkClientHop(clients, pooler.placement === 'sidecar' ? 1 : instances),
      ...checkServerHop(pooler, servers, bouncers),
      ...checkFileDescriptors(fileDescriptors(pooler), BOUNCER_FILE_DESCRIPTORS),
    ],
  };
}

const size = ({ replicas, surge, leaving }: Crowd): number => replicas + surge + leaving;

const bouncersOf = ({ instances }: ConnectionDemand, { placement }: PoolerDemand): Crowd =>
  placement === 'sidecar' ? instances : placement;

/** `1 bouncer`, or `9 bouncers (4 replicas + 1 surge + 4 leaving)`. */
function describe(noun: string, crowd: Crowd): string {
  const total = size(crowd);
  const parts = (['replicas', 'surge', 'leaving'] as const)
    .filter((part) => crowd[part] > 0)
    .map((part) => `${crowd[part]} ${part}`);
  return `${total} ${noun}${total === 1 ? '' : 's'}${parts.length === 1 ? '' : ` (${parts.join(' + ')})`}`;
}

function clientHop(demand: ConnectionDemand, pooler: PoolerDemand): Hop {
  const onOne =
    pooler.placement === 'sidecar' ? { replicas: 1, surge: 0, leaving: 0 } : demand.instances;
  return addUp({
    name: 'client connections',
    path: 'app -> PgBouncer (each bouncer)',
    uses: [
      {
        label: `${describe('app instance', onOne)} x ${demand.poolMax} (app.poolMax)`,
        count: size(onOne) * demand.poolMax,
      },
      { label: MONITORING, count: size(onOne) * MONITORING_PER_INSTANCE },
      { label: 'admin console', count: ADMIN_CLIENTS },
    ],
    limits: [{ label: 'pooler.maxClientConn', count: pooler.maxClientConn }],
  });
}

function serverHop(demand: ConnectionDemand, pooler: PoolerDemand): Hop {
  const bouncers = bouncersOf(demand, pooler);
  const each = pooler.poolSize + pooler.reservePoolSize;
  return addUp({
    name: 'server connections',
    path: 'PgBouncer -> Postgres',
    uses: [
      {
        label: `${describe('bouncer', bouncers)} x ${each} server connections (${pooler.poolSize} pool + ${pooler.reservePoolSize} reserve)`,
        count: size(bouncers) * each,
      },
      ...besideThePooler(demand),
    ],
    limits: postgresLimits(demand),
  });
}

function directHop(demand: ConnectionDemand): Hop {
  return addUp({
    name: 'direct connections',
    path: 'app -> Postgres (pooler off)',
    uses: [
      {
        label: `${describe('app instance', demand.instances)} x ${demand.poolMax} (app.poolMax)`,
        count: size(demand.instances) * demand.poolMax,
      },
      ...besideThePooler(demand),
    ],
    limits: postgresLimits(demand),
  });
}

const besideThePooler = ({ instances }: ConnectionDemand): Term[] => [
  { label: 'migrate', count: MIGRATE_CONNECTIONS },
  { label: MONITORING, count: size(instances) * MONITORING_PER_INSTANCE },
  { label: 'direct', count: DIRECT_CONNECTIONS },
];

/** App instances at the worst moment: each has one connection of the monitoring past the pooler. */
export const countInstances = ({ hops }: ConnectionBudget): number =>
  sum(
    hops
      .filter(({ name }) => name !== 'client connections')
      .flatMap(({ uses }) => uses.filter(({ label }) => label === MONITORING)),
  ) / MONITORING_PER_INSTANCE;

const postgresLimits = ({ postgres }: ConnectionDemand): Term[] => [
  { label: 'postgres.maxConnections', count: postgres.maxConnections },
  { label: 'postgres.reservedConnections', count: -postgres.reservedConnections },
  { label: 'superuser_reserved_connections', count: -SUPERUSER_RESERVED },
];

/** Sockets to clients and to Postgres, and what the process needs for itself (listeners, epoll, resolver, log). */
const fileDescriptors = (pooler: PoolerDemand): number =>
  pooler.maxClientConn + pooler.poolSize + pooler.reservePoolSize + 32;
