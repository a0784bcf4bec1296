import {
  DOWN_WORDS,
  LAYER_TITLES,
  type DownReason,
  type LayerName,
} from '../../readings/layer-words.ts';
import { element, type Child } from './elements.ts';
import { showAge, showDuration, showMoment } from './figures.ts';
import { icon, type IconName } from './icons.ts';
import type { View } from './live-body.ts';

type CardState = 'ok' | 'saturated' | 'down' | 'off';

const STATES: Readonly<Record<CardState, { readonly icon: IconName; readonly word: string }>> = {
  ok: { icon: 'ok', word: 'up' },
  saturated: { icon: 'warning', word: 'bottleneck' },
  down: { icon: 'down', word: 'down' },
  off: { icon: 'off', word: 'off' },
};

/** Draws the frame of a layer: its name, its state in a word, and whether it is the bottleneck. */
export function layerCard(
  view: View,
  layer: LayerName,
  ...contents: readonly Child[]
): HTMLElement {
  const state = stateOf(view, layer);
  return element(
    'article',
    { class: 'card', 'data-state': state, 'aria-labelledby': `layer-${layer}` },
    element(
      'header',
      {},
      element('h3', { id: `layer-${layer}` }, LAYER_TITLES[layer]),
      element('span', { class: 'card-state' }, icon(STATES[state].icon), STATES[state].word),
    ),
    ...contents,
  );
}

function stateOf({ body: { verdict, layers } }: View, layer: LayerName): CardState {
  const reading = layers[layer];
  if ('state' in reading && reading.state !== 'up') return reading.state;
  return verdict.layer === layer && verdict.state === 'saturated' ? 'saturated' : 'ok';
}

/** Draws the notice in the card of a layer that is down. */
export function downNotice(
  { reason, since }: { readonly reason: DownReason; readonly since: string },
  nowMs: number,
): HTMLElement {
  const sinceMs = Date.parse(since);
  return element(
    'p',
    { class: 'down-notice' },
    element('strong', {}, beginSentence(DOWN_WORDS[reason])),
    ' since ',
    element('time', { datetime: since }, showMoment(sinceMs, nowMs)),
    ` (${showAge(nowMs - sinceMs)})`,
  );
}

const beginSentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/**
 * Draws the number of waiting clients at the layer where they wait; unobtrusive when nothing waits.
 */
export function waitNotice({
  waiting,
  forWhat,
  longestMs,
  refusedAfterMs,
}: {
  readonly waiting: number;
  readonly forWhat: string;
  readonly longestMs: number;
  readonly refusedAfterMs?: number;
}): HTMLElement {
  if (waiting === 0) return element('p', { class: 'waits' }, `Nobody waits for ${forWhat}`);
  const end = refusedAfterMs === undefined ? '' : `, refused after ${showDuration(refusedAfterMs)}`;
  return element(
    'p',
    { class: 'waits', 'data-waiting': '' },
    icon('waiting'),
    element(
      'span',
      {},
      element('strong', {}, `${waiting} ${waiting === 1 ? 'waits' : 'wait'}`),
      ` for ${forWhat}: longest `,
      element('strong', {}, showDuration(longestMs)),
      end,
    ),
  );
}

/** Draws names with their numbers. */
export function facts(pairs: Readonly<Record<string, string>>): HTMLElement {
  return element(
    'dl',
    { class: 'facts' },
    ...Object.entries(pairs).map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value)),
    ),
  );
}
