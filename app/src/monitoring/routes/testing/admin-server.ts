import type { RequestHandler } from 'express';
import { once } from 'node:events';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { pino } from 'pino';
import type { AdminTokens } from '../../../environment/admin-tokens.ts';
import { createAdminApplication } from '../../../application.ts';
import { createHttpServer } from '../../../http/server.ts';
import { findFreePort } from '../../../testing/free-port.ts';
import { createAdminRoutes } from '../admin-routes.ts';
import { createEventStreams } from '../event-stream.ts';
import { fakeMonitoring, type FakeMonitoring } from './fake-monitoring.ts';

export const TOKENS = {
  accepted: ['newest-canary-token-0123456789abcdef', 'former-canary-token-0123456789abcdef'],
} as const satisfies AdminTokens;
export const BEARER = { Authorization: `Bearer ${TOKENS.accepted[0]}` };
export const BASE = '/api/admin/monitoring';

/** The admin routes on a port of this process, with a monitoring that says what it is told. */
export interface AdminServer {
  readonly url: string;
  readonly port: number;
  readonly monitoring: FakeMonitoring;
  /** Every line of the log, from `debug` on. */
  readonly log: readonly string[];
  closeStreams(): Promise<void>;
  close(): Promise<void>;
}

export async function openAdminServer(
  options: { readonly requestTimeoutMs?: number; readonly observeHttp?: RequestHandler } = {},
): Promise<AdminServer> {
  const monitoring = fakeMonitoring();
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const streams = createEventStreams(monitoring, logger);
  const admin = createAdminRoutes({
    monitoring,
    streams,
    adminTokens: TOKENS,
    page: {
      dashboard: { html: '<title>dashboard</title>', contentSecurityPolicy: "default-src 'none'" },
      signIn: (problem) => ({
        html: `<title>sign in${problem === undefined ? '' : `: ${problem}`}</title>`,
        contentSecurityPolicy: "default-src 'self'",
      }),
    },
    renderMetrics: () =>
      Promise.resolve({
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        text: 'spywatcher_up 1\n',
      }),
    logger,
  });
  const env = { requestTimeoutMs: options.requestTimeoutMs ?? 5_000, keepAliveTimeoutMs: 5_000 };
  const server = createHttpServer(
    createAdminApplication({ env, logger, admin, observeHttp: options.observeHttp }),
    env,
  );
  const port = await findFreePort();
  await server.listen('127.0.0.1', port);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    monitoring,
    log,
    closeStreams: () => streams.close(),
    async close() {
      await streams.close();
      await server.close();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The code of an error, or nothing. */
  readonly code: string | undefined;
}

let addresses = 0;

/**
 * A caller of its own, so that failures of one test do not count for another: all of 127.0.0.0/8 is
 * this machine.
 */
export function nextAddress(): string {
  addresses += 1;
  return `127.1.${addresses >> 8}.${addresses & 255}`;
}

/**
 * One request from an address and on a connection of its own, its path sent as it is: `fetch` would
 * tidy it up.
 */
export async function ask(
  server: Pick<AdminServer, 'port'>,
  path: string,
  options: RequestOptions & { readonly body?: string } = {},
): Promise<Answer> {
  const { body, ...more } = options;
  const outgoing = request({
    host: '127.0.0.1',
    port: server.port,
    path,
    agent: false,
    localAddress: nextAddress(),
    ...more,
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const text = await readAll(response);
  return { status: response.statusCode ?? 0, headers: response.headers, text, code: codeOf(text) };
}

/** Sends bytes as they are and gives everything that comes back until the connection ends. */
export async function sendRaw(server: Pick<AdminServer, 'port'>, bytes: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: server.port, localAddress: nextAddress() })
    .setEncoding('utf8')
    .on('error', () => undefined);
  let text = '';
  socket.on('data', (part: string) => (text += part));
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += String(part);
  return text;
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly error?: { readonly code: string } }).error?.code;
  } catch {
    return undefined;
  }
}
