import { pgbouncerCard, postgresCard, appCard, redisCard } from './layer-cards.ts';
import { element, svg } from './elements.ts';
import type { View } from './live-body.ts';
import { redraw } from './redraw.ts';

/** Draws the path of a query, layer by layer, and Redis beside it. */
export function drawChain(section: HTMLElement, view: View): void {
  const { layers } = view.body;
  const hasPooler = layers.pgbouncer.state !== 'off';
  const isPoolerReached = layers.pgbouncer.state !== 'down';
  const isPostgresReached = layers.postgres.state !== 'down';
  const hops = [
    element('li', {}, appCard(view)),
    ...(hasPooler
      ? [
          element('li', { class: 'hop' }, arrow(isPoolerReached)),
          element('li', {}, pgbouncerCard(view)),
        ]
      : []),
    element('li', { class: 'hop' }, arrow(isPostgresReached)),
    element('li', {}, postgresCard(view)),
  ];
  redraw(
    section,
    element('ol', { class: hasPooler ? 'chain' : 'chain chain-direct', role: 'list' }, ...hops),
    element('div', { class: 'beside' }, redisCard(view)),
  );
}

/** Draws an arrow; the style turns it down where the chain is vertical. */
function arrow(isWhole: boolean): HTMLElement {
  const shape = isWhole
    ? [svg('path', { d: 'M2 12h18M14 6l6 6-6 6' })]
    : [
        svg('path', { d: 'M1 12h5M18 12h5' }),
        svg('path', { class: 'arrow-cut', d: 'M8.5 8.5l7 7M15.5 8.5l-7 7' }),
      ];
  return element(
    'span',
    { class: isWhole ? 'arrow' : 'arrow arrow-broken' },
    svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, ...shape),
    element(
      'span',
      { class: 'visually-hidden' },
      isWhole ? 'then' : 'broken: the next one does not answer',
    ),
  );
}
