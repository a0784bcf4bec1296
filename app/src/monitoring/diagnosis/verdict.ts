import { DOWN_REASONS, LAYER_TITLES } from '../readings/layer-words.ts';
import type { MonitoringPlan, RaisableSetting } from '../plan/monitoring-plan.ts';
import type { DownReason, LayerName, Layers } from '../readings/readings.ts';
import { diagnoseApp } from './verdict-app.ts';
import { diagnosePooler } from './verdict-pooler.ts';
import { diagnosePostgres } from './verdict-postgres.ts';

/** Where the chain is at its limit, with the numbers that say so and what to do. */
export interface Verdict {
  /** `saturated`: work waits, or is about to, at `layer`. `down`: `layer` does not answer. */
  readonly state: 'ok' | 'saturated' | 'down';
  readonly layer: LayerName | null;
  /** One sentence for a person; no host names in it. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** What to do about it, in a sentence; null when there is nothing to do. */
  readonly remedy: string | null;
  /** The setting to change, where one helps and the budget leaves room. */
  readonly change: SettingChange | null;
}

export interface Evidence {
  readonly what: string;
  readonly value: number;
  readonly limit: number | null;
  readonly unit: 'connections' | 'clients' | 'ms' | 'percent';
}

export interface SettingChange {
  readonly setting: RaisableSetting;
  readonly from: number;
  readonly to: number;
}

/**
 * Names the one layer to look at. What every query goes through and is gone comes first, then the innermost layer that is
 * full: whatever is full inside makes everything before it wait as well, while the reverse is not true.
 */
export function diagnose(layers: Layers, plan: MonitoringPlan): Verdict {
  return (
    diagnoseDown(layers, 'postgres') ??
    diagnoseDown(layers, 'pgbouncer', 'down') ??
    diagnosePostgres(layers, plan) ??
    diagnoseDown(layers, 'pgbouncer') ??
    diagnosePooler(layers, plan) ??
    diagnoseApp(layers, plan) ??
    diagnoseDown(layers, 'redis') ??
    allIsWell(layers)
  );
}

/** Of a layer that is down, for the verdict and for the alert alike. */
export function describeDown(
  layer: Exclude<LayerName, 'app'>,
  reason: DownReason,
): { readonly summary: string; readonly remedy: string } {
  return {
    summary: `${LAYER_TITLES[layer]} ${DOWN_REASONS[reason]}.${layer === 'redis' ? ' The API goes on without its cache and its limits.' : ''}`,
    remedy:
      reason === 'login_refused'
        ? 'The password changed, or the role is missing: run `npm run up` again.'
        : `See whether the container ${layer} runs and what it logged last; the others reconnect by themselves.`,
  };
}

/** @param only looks for that state alone: a layer without a free slot does not answer either, yet it is full and not gone. */
function diagnoseDown(
  layers: Layers,
  layer: 'postgres' | 'pgbouncer' | 'redis',
  only?: Verdict['state'],
): Verdict | undefined {
  const reading = layers[layer];
  if (reading.state !== 'down') return undefined;
  const state = reading.reason === 'no_slot' ? 'saturated' : 'down';
  if (only !== undefined && state !== only) return undefined;
  return { state, layer, evidence: [], change: null, ...describeDown(layer, reading.reason) };
}

function allIsWell({ app, pgbouncer, postgres }: Layers): Verdict {
  const evidence: Evidence[] = [
    {
      what: 'client connections of the app in use',
      value: app.active,
      limit: app.max,
      unit: 'connections',
    },
  ];
  if (pgbouncer.state === 'up')
    evidence.push({
      what: 'server connections in use',
      value: pgbouncer.servers.active,
      limit: pgbouncer.servers.poolSize,
      unit: 'connections',
    });
  if (postgres.state === 'up')
    evidence.push({
      what: 'connections at Postgres',
      value: postgres.connections.total,
      limit: postgres.available,
      unit: 'connections',
    });
  const fullest = evidence.reduce((most, next) => (shareOf(next) > shareOf(most) ? next : most));
  return {
    state: 'ok',
    layer: null,
    summary: `Nothing waits. The fullest: ${fullest.value} of ${fullest.limit} ${fullest.what}.`,
    evidence,
    remedy: null,
    change: null,
  };
}

const shareOf = ({ value, limit }: Evidence): number => value / Math.max(1, limit ?? 1);
