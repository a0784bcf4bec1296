import { connect } from 'node:net';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Requests that are sent in turn; each connection begins at another one. */
export type Requests = readonly Buffer[];

export interface HttpTarget {
  readonly host: string;
  readonly port: number;
}

export interface HttpLoad {
  /** Answers with a status from 200 to 299 so far. */
  readonly answered: number;
  /** Requests that ended otherwise, by the reason. */
  readonly failures: ReadonlyMap<string, number>;
  /** Microseconds from the first byte out to the last byte in, since the last call. */
  takeLatencies(): RecordableHistogram;
  /** Sends nothing more and waits for the answers under way: a paused server keeps its locks. */
  stop(): Promise<void>;
}

const RECONNECT_MS = 5;
const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const STATUS = { start: 9, end: 12 };

export function renderRequest(method: 'GET' | 'POST', path: string, body?: object): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = [
    'Host: bench',
    ...(body === undefined
      ? []
      : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]),
  ];
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}${HEAD_END}${text}`);
}

/**
 * Keep-alive HTTP/1.1 connections with one request at a time each. It shares the cores with what it
 * measures, so it knows no more of HTTP than the answers here need: they must state their length.
 */
export function startHttpLoad(
  { host, port }: HttpTarget,
  { connections, requests }: { readonly connections: number; readonly requests: Requests },
): HttpLoad {
  const failures = new Map<string, number>();
  let latencies = createHistogram();
  let answered = 0;
  let isStopping = false;

  const open = (first: number): Promise<void> =>
    new Promise((resolve) => {
      let next = first;
      const use = (): void => {
        const socket = connect({ host, port, noDelay: true });
        let pending: Buffer | undefined;
        let sentAtMs = 0;
        let isOver = false;
        const send = (): void => {
          if (isStopping) return end();
          sentAtMs = performance.now();
          socket.write(requests[next++ % requests.length] ?? '');
        };
        const end = (): void => {
          isOver = true;
          socket.destroy();
          resolve();
        };
        const fail = (reason: string): void => {
          if (isOver) return;
          isOver = true;
          failures.set(reason, (failures.get(reason) ?? 0) + 1);
          socket.destroy();
          if (isStopping) resolve();
          else setTimeout(use, RECONNECT_MS);
        };
        socket.on('connect', send);
        socket.on('data', (chunk) => {
          pending = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
          const status = readAnswer(pending);
          if (status === undefined) return;
          pending = undefined;
          latencies.record(Math.max(1, Math.round((performance.now() - sentAtMs) * 1_000)));
          if (status >= 200 && status < 300) answered += 1;
          else failures.set(`${status}`, (failures.get(`${status}`) ?? 0) + 1);
          send();
        });
        socket.on('error', ({ message }) => fail(message));
        socket.on('close', () => fail('closed'));
      };
      use();
    });
  const step = requests.length / connections;
  const ended = Promise.all(
    Array.from({ length: connections }, (_, index) => open(Math.floor(index * step))),
  );

  return {
    get answered() {
      return answered;
    },
    failures,
    takeLatencies() {
      const taken = latencies;
      latencies = createHistogram();
      return taken;
    },
    async stop() {
      isStopping = true;
      await ended;
    },
  };
}

/** The status once the whole answer is there. */
export function readAnswer(bytes: Buffer): number | undefined {
  const head = bytes.indexOf(HEAD_END);
  if (head === -1) return undefined;
  const text = bytes.toString('latin1', 0, head);
  const length = LENGTH.exec(text)?.[1];
  if (length === undefined) throw new Error(`an answer does not state its length:\n${text}`);
  if (bytes.length < head + HEAD_END.length + Number(length)) return undefined;
  return Number(text.slice(STATUS.start, STATUS.end));
}
