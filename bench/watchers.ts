import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveApp } from '../e2e/live-app.ts';

const POLLED = ['/', '/connections/health', '/connections/pool', '/connections/alerts', '/connections/history', '/database/slow-queries'];
/** These answer 503 while a layer does not answer, at the same cost: on a busy machine Redis may be late once. */
const MAY_BE_UNHEALTHY = ['/connections/health', '/connections/pool'];
const SCRAPED = '/metrics';
const SCRAPE_EVERY = 15;

/**
 * Watches an app as closely as anyone would: an open dashboard, every route polled once a second, /metrics scraped every
 * 15 seconds. Seconds count on from app to app, so that short rounds get their share of scrapes.
 * @returns begins to watch an app, and gives the way to stop, which throws when something was not answered.
 */
export function createWatchers(): (app: LiveApp) => () => Promise<void> {
  let seconds = 0;
  const poll = async (app: LiveApp, signal: AbortSignal): Promise<void> => {
    for (;;) {
      await sleep(1_000, undefined, { signal });
      seconds += 1;
      const paths = seconds % SCRAPE_EVERY === 0 ? [...POLLED, SCRAPED] : POLLED;
      await Promise.all(paths.map((path) => readToEnd(app, path, signal)));
    }
  };
  const watch = async (app: LiveApp, signal: AbortSignal): Promise<void> => {
    await readToEnd(app, '/connections/history', signal, 'text/event-stream');
    throw new Error('the event stream ended');
  };

  return (app) => {
    const stopping = new AbortController();
    const unlessStopped = (error: unknown): void => {
      if (!stopping.signal.aborted) throw error;
    };
    const watching = Promise.all([poll(app, stopping.signal).catch(unlessStopped), watch(app, stopping.signal).catch(unlessStopped)]);
    // It is awaited when the round is over; until then nobody may call it unhandled.
    watching.catch(() => undefined);
    return async () => {
      stopping.abort();
      await watching;
    };
  };
}

/** Over a connection of its own: one that is kept would be too old for the app after a pause. */
async function readToEnd({ adminUrl, adminToken }: LiveApp, path: string, signal: AbortSignal, accept = '*/*'): Promise<void> {
  const headers = { Authorization: `Bearer ${adminToken}`, Accept: accept };
  const asking = get(`${adminUrl}/api/admin/monitoring${path}`, { agent: false, headers, signal }).on('error', () => undefined);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end', { signal });
  const { statusCode = 0 } = response;
  if (statusCode !== 200 && !(statusCode === 503 && MAY_BE_UNHEALTHY.includes(path))) throw new Error(`GET ${path} answered ${statusCode}`);
}
