import { describeProcessesDown } from './verdict-down.ts';
import { BUSY_MOMENT_MS, measureUse } from './alert-use.ts';
import type { Measure } from './alerts.ts';
import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { raise } from '../plan/raised-setting.ts';
import type { Drift, Layers, PoolerCounts } from '../readings/readings.ts';
import { MIN_WAIT_MS } from './verdict.ts';

/** A changed file is read by PgBouncer a moment before or after the app has read its plan. */
const RELOAD_MS = 10_000;
/** Shares of the longest wait that PgBouncer allows. */
const WAIT_WARN = 0.2;
const WAIT_CRITICAL = 0.6;

/** Measures what is watched of PgBouncer, while it answers. */
export function measurePooler({ pgbouncer }: Layers, plan: MonitoringPlan): Measure[] {
  if (pgbouncer.state !== 'up') return [];
  const { clients, servers, drift } = pgbouncer;
  return [
    ...measureProcesses(pgbouncer),
    measureUse(plan, {
      kind: 'client_connections',
      layer: 'pgbouncer',
      used: clients.total,
      limit: clients.max,
      describe: (percent) =>
        `PgBouncer's client connections are at ${percent}% utilization ` +
        `(${clients.total} of ${clients.max})`,
      remedy: () => raise('pooler.maxClientConn', ofEach(pgbouncer, clients.total), plan).text,
    }),
    measureUse(plan, {
      kind: 'server_connections',
      layer: 'pgbouncer',
      used: servers.active,
      limit: servers.poolSize,
      describe: (percent) =>
        `PgBouncer's server connections are at ${percent}% utilization (${servers.active} ` +
        `busy, ${servers.poolSize} in the pool, ${servers.max} with the reserve)`,
      remedy: () => raise('pooler.poolSize', ofEach(pgbouncer, clients.waiting), plan).text,
    }),
    ...measureWaits(pgbouncer, plan),
    {
      kind: 'drift',
      layer: 'pgbouncer',
      value: drift.length,
      warnFrom: 1,
      criticalFrom: 'never',
      slack: 0,
      lastingMs: RELOAD_MS,
      message:
        'PgBouncer runs with other settings than planned: ' + drift.map(describeDrift).join('; '),
      remedy:
        'Someone typed SET at the console, or a reload failed. RELOAD on the console brings ' +
        'back what the file sets; a restart of PgBouncer everything.',
    },
  ];
}

const describeDrift = ({ key, planned, shown, process }: Drift): string =>
  `${key} is ${shown ?? 'unknown to it'}, planned ${planned}` +
  (process === undefined ? '' : ` (process ${process})`);

/** The share of each process: settings are those of each. */
const ofEach = ({ processes }: PoolerCounts, count: number): number =>
  Math.ceil(count / (processes?.each.length ?? 1));

/** The app goes on over the others, so that one which is down is no reason for a page at night. */
function measureProcesses({ processes }: PoolerCounts): Measure[] {
  if (processes === undefined) return [];
  const { summary, remedy } = describeProcessesDown(processes);
  return [
    {
      kind: 'down',
      layer: 'pgbouncer',
      value: processes.silent.length,
      warnFrom: 1,
      criticalFrom: 'never',
      slack: 0,
      lastingMs: BUSY_MOMENT_MS,
      message: summary,
      remedy,
    },
  ];
}

function measureWaits(pgbouncer: PoolerCounts, plan: MonitoringPlan): Measure[] {
  const { clients, maxWaitMs } = pgbouncer;
  const remedy = raise('pooler.poolSize', ofEach(pgbouncer, clients.waiting), plan).text;
  return [
    {
      kind: 'waiting_clients',
      layer: 'pgbouncer',
      value: maxWaitMs < MIN_WAIT_MS ? 0 : clients.waiting,
      warnFrom: 1,
      criticalFrom: 'never',
      slack: 0,
      lastingMs: BUSY_MOMENT_MS,
      message:
        `${clients.waiting} ${clients.waiting === 1 ? 'client waits' : 'clients wait'} for a ` +
        'server connection at PgBouncer',
      remedy,
    },
    {
      kind: 'long_wait',
      layer: 'pgbouncer',
      value: maxWaitMs,
      warnFrom: plan.queryWaitTimeoutMs * WAIT_WARN,
      criticalFrom: plan.queryWaitTimeoutMs * WAIT_CRITICAL,
      slack: plan.queryWaitTimeoutMs * WAIT_WARN * 0.5,
      lastingMs: 0,
      message:
        `A client has waited ${maxWaitMs} ms at PgBouncer, which refuses it after ` +
        `${plan.queryWaitTimeoutMs} ms`,
      remedy,
    },
  ];
}
