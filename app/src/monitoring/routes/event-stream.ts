import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { HttpError } from '../../http/http-error.ts';
import { makeEndless } from '../../http/request-deadline.ts';
import { toStateBody } from '../bodies/bodies.ts';
import type { Sample } from '../observing/history.ts';
import type { Monitoring } from '../observing/monitoring.ts';

/**
 * Streams of Server-Sent Events: `sample` for each new point of the history, with its time as id,
 * `state` every two seconds, `end` when the process shuts down.
 */
export interface EventStreams {
  /**
   * @throws {HttpError} 400 for a malformed Last-Event-ID, 503 when there are too many streams or
   * the process ends.
   */
  open(request: Request, response: Response): void;
  /** Sends `end` on every stream and ends it; no further one is opened. */
  close(): Promise<void>;
}

const STATE_EVERY_MS = 2_000;
const MAX_STREAMS = 20;
/** Delay after which a browser reconnects, with the id of the last event it has seen. */
const RETRY_MS = 1_000;
/** Buffer size above which the reader does not read; an hour of samples fits in. */
const MAX_BUFFERED_BYTES = 1_048_576;
/**
 * Age at which a stream ends, so that its reader reconnects with its token or session: neither
 * outlives its end by more than this.
 */
const MAX_AGE_MS = 15 * 60_000;
const FAREWELL_MS = 1_000;

export function createEventStreams(monitoring: Monitoring, logger: Logger): EventStreams {
  const streams = new Map<Response, { readonly openedAtMs: number }>();
  let isClosing = false;
  let stopAll = (): void => undefined;

  const send = (response: Response, event: string): void => {
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength <= MAX_BUFFERED_BYTES) {
      response.write(event);
      return;
    }
    logger.warn(
      { bufferedBytes: response.writableLength },
      'event stream dropped: its reader does not read',
    );
    response.destroy();
  };
  const sendAll = (event: string): void => {
    for (const response of streams.keys()) send(response, event);
  };
  const sendState = async (to: (event: string) => void): Promise<void> => {
    const observation = await monitoring.observe();
    if (!isClosing) to(renderEvent('state', toStateBody(observation)));
  };
  const endOld = (): void => {
    for (const [response, { openedAtMs }] of streams) {
      if (performance.now() - openedAtMs <= MAX_AGE_MS) continue;
      // Ended the last time already, and still open: its reader does not read.
      if (response.writableEnded) response.destroy();
      else response.end();
    }
  };

  /** Starts one clock and one subscription for all streams; there is none without streams. */
  const start = (): void => {
    const unsubscribe = monitoring.subscribe((sample) => sendAll(renderSample(sample)));
    const timer = setInterval(() => {
      endOld();
      void sendState(sendAll);
    }, STATE_EVERY_MS);
    stopAll = () => {
      clearInterval(timer);
      unsubscribe();
    };
  };

  return {
    open(request, response) {
      const sinceMs = readLastEventId(request);
      if (isClosing)
        throw new HttpError(
          503,
          'shutting_down',
          'This instance is shutting down. Try again.',
        ).withHeaders({
          'Retry-After': '1',
        });
      if (streams.size >= MAX_STREAMS)
        throw new HttpError(
          503,
          'too_many_streams',
          `At most ${MAX_STREAMS} streams are open at once. Try again later.`,
        ).withHeaders({ 'Retry-After': '10' });
      makeEndless(response);
      // no-transform and X-Accel-Buffering: a proxy that gathers or compresses events would hold
      // them back.
      response.set({
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no',
        Connection: 'close',
      });
      response.flushHeaders();
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      // The caller has gone already, so no further event will tell.
      if (response.closed) return;
      if (streams.size === 0) start();
      streams.set(response, { openedAtMs: performance.now() });
      response.once('close', () => {
        streams.delete(response);
        if (streams.size === 0) stopAll();
      });
      response.write(`retry: ${RETRY_MS}\n\n`);
      if (sinceMs !== undefined)
        response.write(
          monitoring.history.samples
            .filter(({ atMs }) => atMs > sinceMs)
            .map(renderSample)
            .join(''),
        );
      void sendState((event) => send(response, event));
    },
    async close() {
      isClosing = true;
      const open = [...streams.keys()];
      await Promise.all(open.map(endPolitely));
      if (open.length > 0) logger.info({ streams: open.length }, 'event streams ended');
    },
  };
}

/** Ends a stream with a time limit: a reader that does not read cannot hold up the shutdown. */
function endPolitely(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), FAREWELL_MS);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (!response.writableEnded) response.end(renderEvent('end', {}));
  });
}

function readLastEventId(request: Request): number | undefined {
  const [id, ...more] = request.headersDistinct['last-event-id'] ?? [];
  if (id === undefined || id === '') return undefined;
  if (more.length > 0 || !/^\d{1,15}$/.test(id))
    throw new HttpError(
      400,
      'invalid_request',
      'Last-Event-ID must be the id of an event, given once.',
    );
  return Number(id);
}

const renderSample = (sample: Sample): string =>
  `id: ${sample.atMs}\n${renderEvent('sample', sample)}`;

/** Renders an event; JSON has no bare line ends, so the data is always one line. */
const renderEvent = (event: string, data: object): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
