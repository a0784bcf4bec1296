import { pages } from '../app/src/monitoring/dashboard/pages.ts';
import type { Profile } from './dashboard-browser.ts';
import { NOW_MS, type CannedState } from './dashboard-states.ts';

/** Nothing listens there: each request is answered below. */
const ADDRESS = 'http://dashboard.test/api/admin/monitoring/';

/**
 * Opens the real page under its real policy with canned answers, at a moment that stands still.
 * `endStream()` in the page ends the stream that is open.
 */
export async function showCanned(
  { page, context }: Profile,
  { state, samples, slowQueries }: CannedState,
): Promise<void> {
  const { html, contentSecurityPolicy } = pages.dashboard;
  await context.route(ADDRESS, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      headers: { 'Content-Security-Policy': contentSecurityPolicy },
      body: html,
    }),
  );
  await context.route(`${ADDRESS}database/**`, (route) =>
    route.fulfill({ status: 'error' in slowQueries ? 503 : 200, json: slowQueries }),
  );
  await page.clock.setFixedTime(NOW_MS);
  // A canned answer is whole at once, while a stream must stay open.
  await page.addInitScript(answerHistory, { history: { sampleEverySeconds: 5, samples }, state });
  await page.goto(ADDRESS);
  await page.locator('#live[data-state=live]').waitFor();
  await page.locator('#slow-queries-note[data-state]').waitFor();
}

/** Runs in the page, before its own script. */
function answerHistory({
  history,
  state,
}: {
  readonly history: object;
  readonly state: object;
}): void {
  const real = globalThis.fetch;
  const page = globalThis as { streamsAsked?: number; endStream?: () => void };
  globalThis.fetch = (input, init) => {
    if (input !== 'connections/history') return real(input, init);
    if (new Headers(init?.headers).get('Accept') === 'application/json')
      return Promise.resolve(Response.json(history));
    page.streamsAsked = (page.streamsAsked ?? 0) + 1;
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(
          new TextEncoder().encode(`event: state\ndata: ${JSON.stringify(state)}\n\n`),
        );
        page.endStream = () => controller.close();
      },
    });
    return Promise.resolve(
      new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } }),
    );
  };
}
