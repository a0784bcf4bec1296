import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppEnv } from '../environment/app-environment.ts';
import { errorBody } from './http-error.ts';
import { isEndless } from './request-deadline.ts';
import { createSlots } from './slots.ts';

export interface HttpServer {
  /** Resolves when the port accepts connections; rejects when it cannot be had. */
  listen(host: string, port: number): Promise<void>;
  /**
   * Takes no further connection and lets requests in flight finish. Does not wait for endless
   * answers: who streams ends them, and half-open connections beside them end with the process.
   */
  close(): Promise<void>;
  /** The requests in flight, method and path. */
  busyWith(): readonly string[];
}

/** Slow senders are cut off: RFC 9110 gives no limit, and Node's own is five minutes. */
const HEADERS_TIMEOUT_MS = 10_000;
const CHECK_INTERVAL_MS = 2_000;

/** Limit for all headers of a request together; equal to Node's own default. */
const MAX_HEADER_BYTES = 16 * 1024;
/**
 * Node's own limit drops what is above it, a second Authorization for example, and does not refuse
 * it in every release.
 */
const MAX_HEADERS = 100;

/**
 * Time that a keep-alive client gets to fetch one more answer, with `Connection: close`, before its
 * idle connection is closed.
 */
const FAREWELL_MS = 500;
const POLL_MS = 50;

export function createHttpServer(
  listener: RequestListener,
  env: Pick<AppEnv, 'keepAliveTimeoutMs' | 'requestTimeoutMs'>,
): HttpServer {
  /**
   * Answers under way with the url as received: express takes a router's mount out of a request's.
   */
  const inFlight = createSlots<readonly [ServerResponse, string]>();
  let isClosing = false;

  const server = createServer(
    {
      keepAliveTimeout: env.keepAliveTimeoutMs,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, env.requestTimeoutMs),
      requestTimeout: env.requestTimeoutMs,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      response.once('close', inFlight.add([response, request.url ?? '']));
      if (isClosing) sayGoodbye(response);
      if (request.rawHeaders.length > 2 * MAX_HEADERS) refuseManyHeaders(response);
      else listener(request, response);
    },
  );
  server.on('clientError', answerUnreadable);

  const endless = () => inFlight.all().filter(([response]) => isEndless(response)).length;
  const finite = () => inFlight.all().length - endless();
  const countConnections = () =>
    new Promise<number>((resolve) =>
      server.getConnections((error, count) => resolve(error ? 0 : count)),
    );

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    async close() {
      isClosing = true;
      for (const [response] of inFlight.all()) sayGoodbye(response);
      // server.close() drops idle keep-alive connections at once, and with them requests that are
      // on their way.
      for (
        let waitedMs = 0;
        waitedMs < FAREWELL_MS && (await countConnections()) > endless();
        waitedMs += POLL_MS
      )
        await sleep(POLL_MS);
      server.close();
      // Answers that were under way leave idle connections behind, which close() alone would keep
      // until their timeout.
      while (finite() > 0) {
        server.closeIdleConnections();
        await sleep(POLL_MS);
      }
      // A connection that never sent a whole request does not count as idle, and close() stopped
      // the clock that would end it.
      if (inFlight.all().length === 0) server.closeAllConnections();
    },
    // Without the query: what a caller puts there by mistake, a token for example, is not for the
    // log.
    busyWith: () => inFlight.all().map(([{ req }, url]) => `${req.method} ${url.split('?', 1)[0]}`),
  };
}

function sayGoodbye(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

function refuseManyHeaders(response: ServerResponse): void {
  const body = JSON.stringify(
    errorBody('headers_too_large', `Send at most ${MAX_HEADERS} headers.`),
  );
  response
    .writeHead(431, {
      Connection: 'close',
      'Content-Type': 'application/json',
      'Content-Length': body.length,
    })
    .end(body);
}

const UNREADABLE: Readonly<Record<string, readonly [line: string, code: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'headers_too_large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request_timeout'],
};

/** Answers what is not HTTP, or not in time, in the form of every other error. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [line, code] = UNREADABLE[error.code ?? ''] ?? ['400 Bad Request', 'bad_request'];
  const body = JSON.stringify(errorBody(code, 'The request cannot be read.'));
  socket.end(
    [
      `HTTP/1.1 ${line}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}
