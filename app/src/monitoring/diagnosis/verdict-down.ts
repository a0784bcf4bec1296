import {
  DOWN_WORDS,
  LAYER_TITLES,
  type DownReason,
  type LayerName,
} from '../readings/layer-words.ts';
import type { Layers, PoolerCounts } from '../readings/readings.ts';
import type { Verdict } from './verdict.ts';

type ReadLayer = Exclude<LayerName, 'app'>;

/** Describes a layer that is down, for the verdict and for the alert alike. */
export function describeDown(
  layer: ReadLayer,
  reason: DownReason,
): { readonly summary: string; readonly remedy: string } {
  const consequence = layer === 'redis' ? ' The API goes on without its cache and its limits.' : '';
  return {
    summary: `${LAYER_TITLES[layer]} ${DOWN_WORDS[reason]}.${consequence}`,
    remedy:
      reason === 'login_refused'
        ? 'The password changed, or the role is missing: run `npm run up` again.'
        : `See whether the container ${layer} runs and what it logged last; the others ` +
          'reconnect by themselves.',
  };
}

/** Names one of several processes of PgBouncer, by its number from 1. */
export const nameProcess = (process: number | string, all: number): string =>
  `PgBouncer process ${process} of ${all}`;

/** Describes processes of PgBouncer that are down while others serve. */
export function describeProcessesDown({ all, silent }: NonNullable<PoolerCounts['processes']>): {
  readonly summary: string;
  readonly remedy: string;
} {
  const numbers = silent.map(({ process }) => process).join(', ');
  const does = silent.length === 1 ? 'does' : 'do';
  return {
    summary: `${nameProcess(numbers, all)} ${does} not answer; the others serve.`,
    remedy:
      `See whether ${silent.map(nameContainer).join(', ')} runs and what it logged last; ` +
      'the app reconnects by itself.',
  };
}

/** A process with a socket is a container of its own, one with an address a pod. */
function nameContainer({ process, host }: { readonly process: number; readonly host: string }) {
  if (!host.startsWith('/')) return `the pod at ${host}`;
  return `the container pgbouncer${process === 1 ? '' : `-${process}`}`;
}

/**
 * @param only limits the search to that state: a layer without a free slot does not answer either,
 * yet it is full and not down.
 */
export function diagnoseDown(
  layers: Layers,
  layer: ReadLayer,
  only?: Verdict['state'],
): Verdict | undefined {
  const reading = layers[layer];
  if (reading.state !== 'down') return undefined;
  const state = reading.reason === 'no_slot' ? 'saturated' : 'down';
  if (only !== undefined && state !== only) return undefined;
  return { state, layer, evidence: [], change: null, ...describeDown(layer, reading.reason) };
}
