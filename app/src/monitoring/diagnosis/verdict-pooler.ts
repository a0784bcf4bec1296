import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { raise } from '../plan/raised-setting.ts';
import {
  type Layers,
  type PoolerCounts,
  type PoolerUse,
  type PostgresCounts,
  type Reading,
  toPercent,
} from '../readings/readings.ts';
import { nameProcess } from './verdict-down.ts';
import { MIN_WAIT_MS, type Evidence, type Verdict } from './verdict.ts';

/**
 * Wait from which on Postgres must be delaying logins, if server connections are to spare: a login
 * takes milliseconds.
 */
const LOGIN_TROUBLE_MS = 1_000;
const IDLE_SHARE = 0.5;

/**
 * Diagnoses clients that wait for a server connection, or a PgBouncer that is about to refuse
 * clients.
 */
export function diagnosePooler(
  { pgbouncer, postgres }: Layers,
  plan: MonitoringPlan,
): Verdict | undefined {
  if (pgbouncer.state !== 'up') return undefined;
  const busiest = mostOf(pgbouncer, ({ clients }) => clients.waiting);
  return (
    diagnoseServers(busiest, postgres, plan) ??
    diagnoseLogins(busiest) ??
    diagnoseClients(
      mostOf(pgbouncer, ({ clients }) => toPercent(clients.total, clients.max)),
      plan,
    )
  );
}

interface NamedUse extends PoolerUse {
  /** How a person finds it. */
  readonly name: string;
}

/**
 * The process with the most of something, where there are several: their sum would hide a full one
 * behind one with room.
 */
function mostOf(counts: PoolerCounts, amount: (use: PoolerUse) => number): NamedUse {
  const { processes } = counts;
  const [most] = (processes?.each ?? []).toSorted((one, other) => amount(other) - amount(one));
  return most === undefined || processes === undefined
    ? { ...counts, name: 'PgBouncer' }
    : { ...most, name: nameProcess(most.process, processes.all) };
}

function diagnoseServers(
  { name, clients, servers, maxWaitMs }: NamedUse,
  postgres: Reading<PostgresCounts>,
  plan: MonitoringPlan,
): Verdict | undefined {
  if (clients.waiting === 0 || maxWaitMs < MIN_WAIT_MS || servers.active < servers.poolSize)
    return undefined;
  const limit = servers.active > servers.poolSize ? servers.max : servers.poolSize;
  const { change, text } = raise('pooler.poolSize', clients.waiting, plan);
  const idle = postgres.state === 'up' ? postgres.connections.idleInTransaction : 0;
  const held =
    idle >= servers.active * IDLE_SHARE
      ? `${idle} of them are idle in a transaction: find what keeps it open before anything else. `
      : '';
  return {
    state: 'saturated',
    layer: 'pgbouncer',
    summary:
      `Clients wait ${maxWaitMs} ms at ${name}: ${servers.active} of ${limit} server ` +
      `connections busy, ${clients.waiting} ${clients.waiting === 1 ? 'client' : 'clients'} ` +
      'waiting.',
    evidence: [
      ...waits(clients.waiting, maxWaitMs, plan),
      { what: 'server connections in use', value: servers.active, limit, unit: 'connections' },
    ],
    remedy: `${held}${text}`,
    change,
  };
}

function diagnoseLogins({ name, clients, servers, maxWaitMs }: NamedUse): Verdict | undefined {
  if (clients.waiting === 0 || maxWaitMs < LOGIN_TROUBLE_MS) return undefined;
  return {
    state: 'saturated',
    layer: 'pgbouncer',
    summary:
      `Clients wait ${maxWaitMs} ms at ${name}, though it has only ${servers.total} of ` +
      `${servers.poolSize} server connections: it does not get more from Postgres.`,
    evidence: [
      { what: 'clients waiting', value: clients.waiting, limit: null, unit: 'clients' },
      {
        what: 'server connections open',
        value: servers.total,
        limit: servers.poolSize,
        unit: 'connections',
      },
      {
        what: 'server connections that log in',
        value: servers.login,
        limit: null,
        unit: 'connections',
      },
    ],
    remedy:
      "PgBouncer's log names why Postgres refuses or delays its logins. Or somebody typed " +
      'PAUSE at the console: RESUME ends that.',
    change: null,
  };
}

function diagnoseClients({ name, clients }: NamedUse, plan: MonitoringPlan): Verdict | undefined {
  if (toPercent(clients.total, clients.max) < plan.criticalPercent) return undefined;
  const { change, text } = raise('pooler.maxClientConn', clients.total, plan);
  return {
    state: 'saturated',
    layer: 'pgbouncer',
    summary:
      `${name} has ${clients.total} of ${clients.max} client connections and is about to ` +
      'refuse more.',
    evidence: [
      { what: 'client connections', value: clients.total, limit: clients.max, unit: 'clients' },
    ],
    remedy: `Look for clients that are not the app's (SHOW CLIENTS on the console). ${text}`,
    change,
  };
}

const waits = (waiting: number, maxWaitMs: number, plan: MonitoringPlan): Evidence[] => [
  { what: 'clients waiting', value: waiting, limit: null, unit: 'clients' },
  { what: 'longest wait', value: maxWaitMs, limit: plan.queryWaitTimeoutMs, unit: 'ms' },
];
