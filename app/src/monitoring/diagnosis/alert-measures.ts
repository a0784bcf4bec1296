import { describeDown } from './verdict-down.ts';
import type { AlertKind, Measure } from './alerts.ts';
import { LAYER_TITLES, type LayerName } from '../readings/layer-words.ts';
import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { raise } from '../plan/raised-setting.ts';
import { type Drift, type Layers, type PoolerCounts, toPercent } from '../readings/readings.ts';
import { type Verdict, MIN_WAIT_MS } from './verdict.ts';

const PERCENT_SLACK = 5;
const BUSY_MOMENT_MS = 4_000;
/** A changed file is read by PgBouncer a moment before or after the app has read its plan. */
const RELOAD_MS = 10_000;
/** Shares of the longest wait that PgBouncer allows. */
const WAIT_WARN = 0.2;
const WAIT_CRITICAL = 0.6;
const TRANSACTION_CRITICAL = 3;

/** Measures everything that is watched. What cannot be read is not in the list. */
export function measureAlerts(
  layers: Layers,
  plan: MonitoringPlan,
  verdict: Verdict,
): readonly Measure[] {
  const measures = [
    ...measureDown(layers),
    ...measureApp(layers, plan),
    ...measurePooler(layers, plan),
    ...measurePostgres(layers, plan),
  ];
  return measures.map((measure) => ({
    ...measure,
    remedy: followUp(measure, verdict) ?? measure.remedy,
  }));
}

/** Layers in the order in which a query passes them. */
const CHAIN: readonly LayerName[] = ['app', 'pgbouncer', 'postgres'];
const OF_USE: readonly AlertKind[] = [
  'pool_connections',
  'client_connections',
  'server_connections',
  'waiting_clients',
  'long_wait',
];

/**
 * Points to the layer behind that is full or down: more connections in front of it would only wait
 * as well.
 */
function followUp({ kind, layer }: Measure, verdict: Verdict): string | undefined {
  if (
    verdict.layer === null ||
    verdict.remedy === null ||
    !OF_USE.includes(kind) ||
    CHAIN.indexOf(layer) >= CHAIN.indexOf(verdict.layer)
  )
    return undefined;
  return `It follows from ${LAYER_TITLES[verdict.layer]}, so that comes first: ${verdict.remedy}`;
}

function measureDown(layers: Layers): Measure[] {
  return (['pgbouncer', 'postgres', 'redis'] as const).flatMap((layer) => {
    const reading = layers[layer];
    if (reading.state !== 'down') return [];
    const { summary, remedy } = describeDown(layer, reading.reason);
    // Without Redis the API is slower and unlimited, not wrong.
    const criticalFrom = layer === 'redis' ? 'never' : 1;
    // One late answer may be a busy moment of the machine.
    const lastingMs = reading.reason === 'timeout' ? BUSY_MOMENT_MS : 0;
    return [
      {
        kind: 'down',
        layer,
        value: 1,
        warnFrom: 1,
        criticalFrom,
        slack: 0,
        lastingMs,
        message: summary,
        remedy,
      },
    ];
  });
}

function measureApp({ app }: Layers, plan: MonitoringPlan): Measure[] {
  return [
    measureUse(plan, {
      kind: 'pool_connections',
      layer: 'app',
      used: app.active,
      limit: app.max,
      describe: (percent) =>
        `The app's client connections are at ${percent}% utilization (${app.active} of ${app.max})`,
      remedy: () => raise('app.poolMax', app.waiting, plan).text,
    }),
  ];
}

function measurePooler({ pgbouncer }: Layers, plan: MonitoringPlan): Measure[] {
  if (pgbouncer.state !== 'up') return [];
  const { clients, servers, drift } = pgbouncer;
  return [
    measureUse(plan, {
      kind: 'client_connections',
      layer: 'pgbouncer',
      used: clients.total,
      limit: clients.max,
      describe: (percent) =>
        `PgBouncer's client connections are at ${percent}% utilization ` +
        `(${clients.total} of ${clients.max})`,
      remedy: () => raise('pooler.maxClientConn', clients.total, plan).text,
    }),
    measureUse(plan, {
      kind: 'server_connections',
      layer: 'pgbouncer',
      used: servers.active,
      limit: servers.poolSize,
      describe: (percent) =>
        `PgBouncer's server connections are at ${percent}% utilization (${servers.active} ` +
        `busy, ${servers.poolSize} in the pool, ${servers.max} with the reserve)`,
      remedy: () => raise('pooler.poolSize', clients.waiting, plan).text,
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

const describeDrift = ({ key, planned, shown }: Drift): string =>
  `${key} is ${shown ?? 'unknown to it'}, planned ${planned}`;

function measureWaits({ clients, maxWaitMs }: PoolerCounts, plan: MonitoringPlan): Measure[] {
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
      remedy: raise('pooler.poolSize', clients.waiting, plan).text,
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
      remedy: raise('pooler.poolSize', clients.waiting, plan).text,
    },
  ];
}

function measurePostgres({ postgres }: Layers, plan: MonitoringPlan): Measure[] {
  if (postgres.state !== 'up') return [];
  const { connections, available, longestTransactionMs } = postgres;
  return [
    measureUse(plan, {
      kind: 'postgres_connections',
      layer: 'postgres',
      used: connections.total,
      limit: available,
      describe: (percent) =>
        `Database connection pool at ${percent}% utilization (${connections.total} of the ` +
        `${available} connections that are not reserved)`,
      remedy: () => raise('postgres.maxConnections', connections.total, plan).text,
    }),
    {
      kind: 'long_transaction',
      layer: 'postgres',
      value: longestTransactionMs,
      warnFrom: plan.longTransactionMs,
      criticalFrom: plan.longTransactionMs * TRANSACTION_CRITICAL,
      slack: 0,
      lastingMs: 0,
      message:
        `A transaction is ${Math.round(longestTransactionMs / 1_000)} s old; the app ends its ` +
        `own after ${Math.round(plan.longTransactionMs / 1_000)} s`,
      remedy:
        "It is not the app's: find it in pg_stat_activity (xact_start), and end it with " +
        'pg_terminate_backend if nobody needs it.',
    },
  ];
}

function measureUse(
  { warnPercent, criticalPercent }: MonitoringPlan,
  use: Pick<Measure, 'kind' | 'layer'> & {
    readonly used: number;
    readonly limit: number;
    readonly describe: (percent: number) => string;
    readonly remedy: () => string;
  },
): Measure {
  const { kind, layer, used, limit } = use;
  const percent = toPercent(used, limit);
  return {
    kind,
    layer,
    value: percent,
    warnFrom: warnPercent,
    criticalFrom: criticalPercent,
    slack: PERCENT_SLACK,
    lastingMs: BUSY_MOMENT_MS,
    message: use.describe(Math.round(percent)),
    remedy: use.remedy(),
  };
}
