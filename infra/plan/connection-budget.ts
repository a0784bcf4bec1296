import type { Fault } from '../settings/fault.ts';
import type { ConnectionDemand, PoolerDemand, ProcessCount } from './connection-demand.ts';
import {
  checkClientHop,
  checkDirectHop,
  checkFileDescriptors,
  checkServerHop,
} from './connection-refusal.ts';
import { addUp, type Hop, type Term } from './hop.ts';

/**
 * Connections that Postgres keeps for superusers, which is its own default.
 * https://www.postgresql.org/docs/17/runtime-config-connection.html#GUC-SUPERUSER-RESERVED-CONNECTIONS
 */
export const SUPERUSER_RESERVED = 3;
/** People on PgBouncer's console, and a tool beside them. */
const ADMIN_CLIENTS = 2;
/** The one-shot that prepares the database: once as superuser, once as owner. */
const MIGRATE_CONNECTIONS = 2;
/** People with psql past the bouncer at three in the morning. */
const DIRECT_CONNECTIONS = 3;
/** Each app instance watches a bouncer and Postgres over one connection of its own. */
const MONITORING_PER_INSTANCE = 1;
/**
 * Limit of file descriptors of a bouncer. It is a constant, so that a changed pool reloads and does
 * not replace the container for its limit.
 */
export const BOUNCER_FILE_DESCRIPTORS = 16_384;
/** File descriptors of the process itself: listeners, epoll, resolver, log. */
const OWN_FILE_DESCRIPTORS = 32;

/** Every connection that could exist at the worst moment of a rollout, against every limit. */
export interface ConnectionBudget {
  /** App instances at the worst moment of a rollout. */
  readonly instances: number;
  /** Bouncers that may hold server connections at once; 0 when the pooler is off. */
  readonly bouncers: number;
  readonly hops: readonly Hop[];
}

/**
 * Counts every connection that could exist at the worst moment of a rollout against every limit on
 * its way. A sum that does not fit comes back as a fault with two numbers that would.
 */
export function planConnections(demand: ConnectionDemand): {
  readonly budget: ConnectionBudget;
  readonly faults: readonly Fault[];
} {
  const { pooler } = demand;
  const instances = size(demand.instances);
  if (pooler === 'off') {
    const direct = directHop(demand);
    return {
      budget: { instances, bouncers: 0, hops: [direct] },
      faults: checkDirectHop(direct, instances),
    };
  }
  const bouncers = size(bouncersOf(demand, pooler));
  const clients = clientHop(demand, pooler);
  const servers = serverHop(demand, pooler);
  return {
    budget: { instances, bouncers, hops: [clients, servers] },
    faults: [
      ...checkClientHop(clients, pooler.placement === 'sidecar' ? 1 : instances),
      ...checkServerHop(pooler, servers, bouncers),
      ...checkFileDescriptors(fileDescriptors(pooler), BOUNCER_FILE_DESCRIPTORS),
    ],
  };
}

const size = ({ replicas, surge, leaving }: ProcessCount): number => replicas + surge + leaving;

const bouncersOf = ({ instances }: ConnectionDemand, { placement }: PoolerDemand): ProcessCount =>
  placement === 'sidecar' ? instances : placement;

/** `1 bouncer`, or `9 bouncers (4 replicas + 1 surge + 4 leaving)`. */
function describe(noun: string, count: ProcessCount): string {
  const total = size(count);
  const parts = (['replicas', 'surge', 'leaving'] as const)
    .filter((part) => count[part] > 0)
    .map((part) => `${count[part]} ${part}`);
  const sum = parts.length === 1 ? '' : ` (${parts.join(' + ')})`;
  return `${total} ${noun}${total === 1 ? '' : 's'}${sum}`;
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
      { label: 'monitoring', count: size(onOne) * MONITORING_PER_INSTANCE },
      { label: 'admin console', count: ADMIN_CLIENTS },
    ],
    limits: [{ label: 'pooler.maxClientConn', count: pooler.maxClientConn }],
  });
}

function serverHop(demand: ConnectionDemand, pooler: PoolerDemand): Hop {
  const bouncers = bouncersOf(demand, pooler);
  const { poolSize, reservePoolSize } = pooler;
  const each = poolSize + reservePoolSize;
  return addUp({
    name: 'server connections',
    path: 'PgBouncer -> Postgres',
    uses: [
      {
        label:
          `${describe('bouncer', bouncers)} x ${each} server connections ` +
          `(${poolSize} pool + ${reservePoolSize} reserve)`,
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
  { label: 'monitoring', count: size(instances) * MONITORING_PER_INSTANCE },
  { label: 'direct', count: DIRECT_CONNECTIONS },
];

const postgresLimits = ({ postgres }: ConnectionDemand): Term[] => [
  { label: 'postgres.maxConnections', count: postgres.maxConnections },
  { label: 'postgres.reservedConnections', count: -postgres.reservedConnections },
  { label: 'superuser_reserved_connections', count: -SUPERUSER_RESERVED },
];

/**
 * Sockets to clients and to Postgres, and what the process needs for itself. It passes up to
 * `poolSize` cancel requests on to each peer at once, and gets as many.
 * https://www.pgbouncer.org/config.html#section-peers
 */
const fileDescriptors = ({
  maxClientConn,
  poolSize,
  reservePoolSize,
  peers,
}: PoolerDemand): number =>
  maxClientConn + poolSize + reservePoolSize + 2 * peers * poolSize + OWN_FILE_DESCRIPTORS;
