import { describeDown } from './verdict-down.ts';
import { measurePooler } from './alert-pooler.ts';
import { BUSY_MOMENT_MS, measureUse } from './alert-use.ts';
import type { AlertKind, Measure } from './alerts.ts';
import { LAYER_TITLES, type LayerName } from '../readings/layer-words.ts';
import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { raise } from '../plan/raised-setting.ts';
import type { Layers } from '../readings/readings.ts';
import type { Verdict } from './verdict.ts';

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
