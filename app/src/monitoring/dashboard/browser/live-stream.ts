import type { History, Sample } from '../../observing/history.ts';
import { backoffMs } from './backoff.ts';
import { createEventParser } from './event-stream.ts';
import type { LiveBody } from './live-body.ts';

export type StreamStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** Nothing has arrived since `sinceMs`; the reason is a short phrase for a person. */
  | { readonly state: 'reconnecting'; readonly sinceMs: number; readonly reason: string };

export interface LiveStreamListener {
  onState(body: LiveBody): void;
  onSamples(samples: readonly Sample[], everySeconds: number | undefined): void;
  onStatus(status: StreamStatus): void;
  /** The session is over, or the token was rotated. */
  onSignedOut(): void;
  /** `atMs` of the newest sample that is known. */
  newestSampleMs(): number | undefined;
}

const PATH = 'connections/history';
/**
 * Time without data after which the stream counts as lost; the server sends a state every two
 * seconds.
 */
const SILENCE_MS = 8_000;

/**
 * `wasClosed`: the server ended a live stream without a word, as it does with every stream after
 * some minutes.
 */
type Ending =
  | 'signed out'
  | { readonly reason: string; readonly wasLive: boolean; readonly wasClosed?: boolean };

/**
 * Follows the server's events for as long as the page is open, over as many streams as that takes.
 */
export async function followLiveStream(listener: LiveStreamListener): Promise<void> {
  let sinceMs: number | undefined;
  let failures = 0;
  listener.onStatus({ state: 'connecting' });
  for (;;) {
    const ending = await readStream({
      ...listener,
      onStatus(status) {
        sinceMs = undefined;
        listener.onStatus(status);
      },
    });
    if (ending === 'signed out') {
      listener.onSignedOut();
      return;
    }
    failures = ending.wasLive ? 0 : failures + 1;
    sinceMs ??= Date.now();
    // The next stream is there before anyone has to know.
    if (ending.wasClosed !== true)
      listener.onStatus({ state: 'reconnecting', sinceMs, reason: ending.reason });
    await pause(backoffMs(failures, Math.random()));
  }
}

/** Reads one stream to its end. The whole history comes first where none is known yet. */
async function readStream(listener: LiveStreamListener): Promise<Ending> {
  let wasLive = false;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  const ask = async (headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(PATH, { headers, signal: silence.signal, cache: 'no-store' });
  /** Piece by piece: a phone on a slow network may take its time, as long as something comes. */
  async function* read(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      heard();
      yield decoder.decode(part.value, { stream: true });
    }
  }
  try {
    if (listener.newestSampleMs() === undefined) {
      const answer = await ask({ Accept: 'application/json' });
      if (!answer.ok || answer.body === null) return refusal(answer);
      let text = '';
      for await (const part of read(answer.body)) text += part;
      const { samples, sampleEverySeconds } = JSON.parse(text) as History;
      listener.onSamples(samples, sampleEverySeconds);
    }
    const newest = listener.newestSampleMs();
    const answer = await ask({
      Accept: 'text/event-stream',
      ...(newest === undefined ? {} : { 'Last-Event-ID': `${newest}` }),
    });
    if (!answer.ok || answer.body === null) return refusal(answer);
    let isEnding = false;
    let samples: Sample[] = [];
    const parse = createEventParser(({ event, data }) => {
      if (event === 'state') {
        if (!wasLive) listener.onStatus({ state: 'live' });
        wasLive = true;
        listener.onState(JSON.parse(data) as LiveBody);
      } else if (event === 'sample') samples.push(JSON.parse(data) as Sample);
      else if (event === 'end') isEnding = true;
    });
    for await (const part of read(answer.body)) {
      parse(part);
      // After a long pause hundreds come at once: the charts are drawn once for all of them.
      if (samples.length > 0) listener.onSamples(samples, undefined);
      samples = [];
      if (isEnding) break;
    }
    return {
      reason: isEnding ? 'the app is shutting down' : 'the app closed the stream',
      wasLive,
      wasClosed: wasLive && !isEnding,
    };
  } catch {
    return {
      reason: silence.signal.aborted ? 'nothing came for 8 s' : 'the app cannot be reached',
      wasLive,
    };
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

const REFUSALS: Readonly<Record<number, string>> = {
  429: 'too many wrong tokens came from this address, it is refused for a minute (429)',
  503: 'the app is starting, stopping, or has too many dashboards open (503)',
};

function refusal({ status }: Response): Ending {
  return status === 401
    ? 'signed out'
    : { reason: REFUSALS[status] ?? `the app answered ${status}`, wasLive: false };
}

/** Ends early when the browser is back on the network, or the page is looked at again. */
async function pause(ms: number): Promise<void> {
  const over = new AbortController();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    const wake = (): void => {
      clearTimeout(timer);
      resolve();
    };
    addEventListener('online', wake, { signal: over.signal });
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && wake(),
      { signal: over.signal },
    );
  });
  over.abort();
}
