import type { View } from './live-body.ts';

const TITLES = { ok: 'All well', saturated: 'SATURATED', down: 'DOWN' } as const;
const COLOURS = {
  ok: '%2318794e',
  saturated: '%23b87400',
  down: '%23b3261e',
  unknown: '%2359626f',
} as const;
const SHAPES = {
  ok: '<circle cx="8" cy="8" r="7"/>',
  saturated: '<path d="M8 1l7.5 14H.5z"/>',
  down: '<path d="M1 1h14v14H1z"/>',
  unknown: '<circle cx="8" cy="8" r="4"/>',
} as const;

/** The state on the browser's tab, where the page waits behind others. */
export function drawPageTitle(view: View | undefined): void {
  const state = view === undefined || view.isStale ? 'unknown' : view.body.verdict.state;
  const title = `${state === 'unknown' ? 'Not known' : TITLES[state]}: Spywatcher monitoring`;
  if (document.title !== title) document.title = title;
  const href = `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="${COLOURS[state]}">${SHAPES[state]}</svg>`;
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (link !== null && link.getAttribute('href') !== href) link.setAttribute('href', href);
}
