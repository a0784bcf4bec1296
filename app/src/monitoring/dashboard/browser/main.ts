import { drawAlerts } from './alerts-section.ts';
import { drawChain } from './chain-section.ts';
import { find } from './elements.ts';
import { openHistorySection } from './history-section.ts';
import { drawLiveBadge } from './live-badge.ts';
import type { LiveBody, View } from './live-body.ts';
import { followLiveStream, type StreamStatus } from './live-stream.ts';
import { createSampleWindow } from './sample-window.ts';
import { openSlowQueriesSection } from './slow-queries-section.ts';
import { drawPageTitle } from './page-title.ts';
import { announceVerdict, drawVerdict } from './verdict-section.ts';

/** Age of the last state from which on the page is stale: three states were missed. */
const STALE_AFTER_MS = 7_000;

let last: { readonly body: LiveBody; readonly receivedMs: number } | undefined;
let status: StreamStatus = { state: 'connecting' };
let everySeconds = 5;
const sampleWindow = createSampleWindow();
const history = openHistorySection();

/** Reloads: once the session is over the same address serves the sign-in page. */
const signOut = (): void => location.reload();

function draw(): void {
  const nowMs = Date.now();
  const isStale = last !== undefined && nowMs - last.receivedMs > STALE_AFTER_MS;
  const view: View | undefined = last && {
    body: last.body,
    nowMs: Date.parse(last.body.at) + nowMs - last.receivedMs,
    isStale,
  };
  document.body.classList.toggle('is-stale', isStale);
  drawLiveBadge(
    { badge: find('live'), age: find('live-age') },
    { status, lastMs: last?.receivedMs, isStale },
  );
  drawVerdict(find('verdict'), view, status);
  announceVerdict(find('verdict-news'), view);
  drawPageTitle(view);
  if (view === undefined) return;
  document.body.classList.toggle('has-no-pooler', view.body.layers.pgbouncer.state === 'off');
  drawChain(find('chain-view'), view);
  drawAlerts(find('alerts-view'), view);
}

void followLiveStream({
  onState(body) {
    last = { body, receivedMs: Date.now() };
    draw();
  },
  onSamples(samples, newEverySeconds) {
    everySeconds = newEverySeconds ?? everySeconds;
    sampleWindow.add(samples);
    history.show(sampleWindow.samples, everySeconds);
  },
  onStatus(next) {
    status = next;
    draw();
  },
  onSignedOut: signOut,
  newestSampleMs: () => sampleWindow.newestMs,
});
openSlowQueriesSection(signOut);
setInterval(draw, 1_000);
draw();
