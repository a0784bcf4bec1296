import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveApp } from '../../e2e/live-app.ts';

/**
 * How often somebody asks, in seconds: a check from outside, Prometheus, and the dashboard beside
 * its stream.
 */
const ASKED_EVERY = {
  '/connections/health': 10,
  '/metrics': 15,
  '/database/slow-queries': 30,
} as const;
/**
 * It answers 503 while a layer does not answer, at the same cost: on a busy machine Redis may be
 * late once.
 */
const MAY_BE_UNHEALTHY = '/connections/health';

/**
 * Watches an app as people do: an open dashboard, its slow queries, a health check, a scraper.
 * Seconds count on from app to app, so that short rounds get their share of what comes seldom.
 * @returns begins to watch an app, and gives the way to stop, which throws when something was not
 *   answered.
 */
export function createWatchers(): (app: LiveApp) => () => Promise<void> {
  let seconds = 0;
  const poll = async (app: LiveApp, signal: AbortSignal): Promise<void> => {
    for (;;) {
      await sleep(1_000, undefined, { signal });
      seconds += 1;
      const paths = Object.entries(ASKED_EVERY).flatMap(([path, every]) =>
        seconds % every === 0 ? [path] : [],
      );
      await Promise.all(paths.map((path) => readToEnd(app, { path, signal })));
    }
  };
  const watch = async (app: LiveApp, signal: AbortSignal): Promise<void> => {
    await readToEnd(app, {
      path: '/connections/history',
      signal,
      accept: 'text/event-stream',
    });
    throw new Error('the event stream ended');
  };

  return (app) => {
    const stopping = new AbortController();
    const unlessStopped = (error: unknown): void => {
      if (!stopping.signal.aborted) throw error;
    };
    const watching = Promise.all([
      poll(app, stopping.signal).catch(unlessStopped),
      watch(app, stopping.signal).catch(unlessStopped),
    ]);
    // It is awaited when the round is over; until then nobody may call it unhandled.
    watching.catch(() => undefined);
    return async () => {
      stopping.abort();
      await watching;
    };
  };
}

/** Over a connection of its own: one that is kept would be too old for the app after a pause. */
async function readToEnd(
  { adminUrl, adminToken }: LiveApp,
  {
    path,
    signal,
    accept = '*/*',
  }: { readonly path: string; readonly signal: AbortSignal; readonly accept?: string },
): Promise<void> {
  const headers = { Authorization: `Bearer ${adminToken}`, Accept: accept };
  const asking = get(`${adminUrl}/api/admin/monitoring${path}`, {
    agent: false,
    headers,
    signal,
  }).on('error', () => undefined);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end', { signal });
  const { statusCode = 0 } = response;
  if (statusCode !== 200 && !(statusCode === 503 && path === MAY_BE_UNHEALTHY))
    throw new Error(`GET ${path} answered ${statusCode}`);
}
