import { element } from './elements.ts';
import { showAge, showMoment } from './figures.ts';
import type { StreamStatus } from './live-stream.ts';
import { redraw } from './redraw.ts';

/**
 * Whether what is shown is live. The words are a status for screen readers; the age beside them changes every second and
 * is none.
 */
export function drawLiveBadge(
  parts: { readonly badge: HTMLElement; readonly age: HTMLElement },
  status: StreamStatus,
  lastMs: number | undefined,
  isStale: boolean,
): void {
  const nowMs = Date.now();
  const { state, text } = describe(status, isStale, nowMs);
  parts.badge.dataset['state'] = state;
  redraw(parts.badge, element('span', { class: 'live-dot', 'aria-hidden': 'true' }), text);
  redraw(parts.age, lastMs === undefined ? '' : showAge(nowMs - lastMs));
}

function describe(
  status: StreamStatus,
  isStale: boolean,
  nowMs: number,
): { readonly state: string; readonly text: string } {
  switch (status.state) {
    case 'connecting':
      return { state: 'connecting', text: 'Connecting' };
    case 'live':
      return isStale ? { state: 'stale', text: 'Stale' } : { state: 'live', text: 'Live' };
    case 'reconnecting':
      return {
        state: 'reconnecting',
        text: `Reconnecting since ${showMoment(status.sinceMs, nowMs)}`,
      };
  }
}
