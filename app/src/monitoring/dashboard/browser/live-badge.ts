import { element } from './elements.ts';
import { showAge, showMoment } from './figures.ts';
import type { StreamStatus } from './live-stream.ts';
import { redraw } from './redraw.ts';

/**
 * Draws whether the page is live. The words are a status for screen readers; the age beside them
 * changes every second and is none.
 */
export function drawLiveBadge(
  parts: { readonly badge: HTMLElement; readonly age: HTMLElement },
  state: {
    readonly status: StreamStatus;
    /** Time of the last state received. */
    readonly lastMs: number | undefined;
    readonly isStale: boolean;
  },
): void {
  const { status, lastMs, isStale } = state;
  const nowMs = Date.now();
  const { word, text } = describe(status, isStale, nowMs);
  parts.badge.dataset['state'] = word;
  redraw(parts.badge, element('span', { class: 'live-dot', 'aria-hidden': 'true' }), text);
  redraw(parts.age, lastMs === undefined ? '' : showAge(nowMs - lastMs));
}

function describe(
  status: StreamStatus,
  isStale: boolean,
  nowMs: number,
): { readonly word: string; readonly text: string } {
  switch (status.state) {
    case 'connecting':
      return { word: 'connecting', text: 'Connecting' };
    case 'live':
      return isStale ? { word: 'stale', text: 'Stale' } : { word: 'live', text: 'Live' };
    case 'reconnecting':
      return {
        word: 'reconnecting',
        text: `Reconnecting since ${showMoment(status.sinceMs, nowMs)}`,
      };
  }
}
