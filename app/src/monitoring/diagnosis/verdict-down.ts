import {
  DOWN_WORDS,
  LAYER_TITLES,
  type DownReason,
  type LayerName,
} from '../readings/layer-words.ts';
import type { Layers } from '../readings/readings.ts';
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
