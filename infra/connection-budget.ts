import type { Fault } from './fault.ts';
import { checkClientHop, checkDirectHop, checkFileDescriptors, checkServerHop } from './connection-refusal.ts';

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

/** How many processes share the limits, and what each may open. Counts, never rates. */
export interface ConnectionDemand {
  readonly maxReplicas: number;
  /** App instances that may exist beside `maxReplicas` during a rollout. */
  readonly maxSurge: number;
  /** Connections one app instance may open. */
  readonly poolMax: number;
  readonly pooler: PoolerDemand | 'off';
  readonly postgres: { readonly maxConnections: number; readonly reservedConnections: number };
}

export interface PoolerDemand {
  readonly placement: 'shared' | 'sidecar';
  /** Bouncers of a shared tier, and those that may exist beside them during a rollout; a sidecar has one for each app instance. */
  readonly replicas: number;
  readonly surge: number;
  readonly poolSize: number;
  readonly reservePoolSize: number;
  readonly maxClientConn: number;
}

/** One addend of a sum: what it counts and how many that is. */
export interface Term {
  readonly label: string;
  readonly count: number;
}

/** One step of the chain of connections: what may be opened at the most, against what is offered. */
export interface Hop {
  readonly name: 'client connections' | 'server connections' | 'direct connections';
  readonly path: string;
  readonly uses: readonly Term[];
  readonly used: number;
  readonly limits: readonly Term[];
  readonly limit: number;
}

export interface ConnectionBudget {
  /** Bouncers that may exist at once, surge included; 0 when the pooler is off. */
  readonly bouncers: number;
  readonly hops: readonly Hop[];
}

/**
 * Counts every connection that could exist at the worst moment of a rollout against every limit on its way.
 * Integers in, integers out; a sum that does not fit comes back as a fault with two numbers that would.
 */
export function planConnections(demand: ConnectionDemand): { readonly budget: ConnectionBudget; readonly faults: readonly Fault[] } {
  const instances = demand.maxReplicas + demand.maxSurge;
  const instancesLabel = demand.maxSurge === 0 ? `${demand.maxReplicas} app ${demand.maxReplicas === 1 ? 'instance' : 'instances'}` : `${instances} app instances (${demand.maxReplicas} replicas + ${demand.maxSurge} surge)`;
  const { pooler } = demand;
  if (pooler === 'off') {
    const direct = directHop(demand, instances, instancesLabel);
    return { budget: { bouncers: 0, hops: [direct] }, faults: checkDirectHop(direct, instances) };
  }
  const bouncers = pooler.placement === 'sidecar' ? instances : pooler.replicas + pooler.surge;
  const clients = clientHop(demand, pooler, instances, instancesLabel);
  const servers = serverHop(demand, pooler, instances, bouncers);
  return {
    budget: { bouncers, hops: [clients, servers] },
    faults: [
      ...checkClientHop(clients, pooler.placement === 'sidecar' ? 1 : instances),
      ...checkServerHop(pooler, servers, bouncers),
      ...checkFileDescriptors(fileDescriptors(pooler), BOUNCER_FILE_DESCRIPTORS),
    ],
  };
}

function clientHop(demand: ConnectionDemand, pooler: PoolerDemand, instances: number, instancesLabel: string): Hop {
  const perBouncer = pooler.placement === 'sidecar' ? 1 : instances;
  return hop({
    name: 'client connections',
    path: 'app -> PgBouncer (each bouncer)',
    uses: [
      { label: `${pooler.placement === 'sidecar' ? '1 app instance' : instancesLabel} x ${demand.poolMax} (app.poolMax)`, count: perBouncer * demand.poolMax },
      { label: 'monitoring', count: perBouncer * MONITORING_PER_INSTANCE },
      { label: 'admin console', count: ADMIN_CLIENTS },
    ],
    limits: [{ label: 'pooler.maxClientConn', count: pooler.maxClientConn }],
  });
}

function serverHop(demand: ConnectionDemand, pooler: PoolerDemand, instances: number, bouncers: number): Hop {
  const each = pooler.poolSize + pooler.reservePoolSize;
  return hop({
    name: 'server connections',
    path: 'PgBouncer -> Postgres',
    uses: [
      { label: `${bouncersLabel(demand, pooler, bouncers)} x ${each} server connections (${pooler.poolSize} pool + ${pooler.reservePoolSize} reserve)`, count: bouncers * each },
      ...besideThePooler(instances),
    ],
    limits: postgresLimits(demand),
  });
}

function directHop(demand: ConnectionDemand, instances: number, instancesLabel: string): Hop {
  return hop({
    name: 'direct connections',
    path: 'app -> Postgres (pooler off)',
    uses: [{ label: `${instancesLabel} x ${demand.poolMax} (app.poolMax)`, count: instances * demand.poolMax }, ...besideThePooler(instances)],
    limits: postgresLimits(demand),
  });
}

const besideThePooler = (instances: number): Term[] => [
  { label: 'migrate', count: MIGRATE_CONNECTIONS },
  { label: 'monitoring', count: instances * MONITORING_PER_INSTANCE },
  { label: 'direct', count: DIRECT_CONNECTIONS },
];

const postgresLimits = ({ postgres }: ConnectionDemand): Term[] => [
  { label: 'postgres.maxConnections', count: postgres.maxConnections },
  { label: 'postgres.reservedConnections', count: -postgres.reservedConnections },
  { label: 'superuser_reserved_connections', count: -SUPERUSER_RESERVED },
];

function bouncersLabel(demand: ConnectionDemand, pooler: PoolerDemand, bouncers: number): string {
  const [steady, surge] = pooler.placement === 'sidecar' ? [demand.maxReplicas, demand.maxSurge] : [pooler.replicas, pooler.surge];
  const noun = bouncers === 1 ? 'bouncer' : 'bouncers';
  return surge === 0 ? `${bouncers} ${noun}` : `${bouncers} ${noun} (${steady} replicas + ${surge} surge)`;
}

function hop(parts: Pick<Hop, 'name' | 'path' | 'uses' | 'limits'>): Hop {
  return { ...parts, used: sum(parts.uses), limit: sum(parts.limits) };
}

export const sum = (terms: readonly Term[]): number => terms.reduce((total, term) => total + term.count, 0);

/** Sockets to clients and to Postgres, and what the process needs for itself (listeners, epoll, resolver, log). */
const fileDescriptors = (pooler: PoolerDemand): number => pooler.maxClientConn + pooler.poolSize + pooler.reservePoolSize + 32;
