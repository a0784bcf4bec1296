import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { startApp, type AppProcess } from './testing/app-process.ts';
import { openSilentServer, type SilentServer } from './testing/silent-server.ts';

/** Its database and Redis refuse every connection. */
let down: AppProcess;
/** Its database and Redis accept connections and never speak. */
let hung: AppProcess;
let silent: SilentServer;

beforeAll(async () => {
  silent = await openSilentServer();
  down = await startApp();
  hung = await startApp({
    DATABASE_URL: `postgresql://spywatcher:canary-password@${silent.address}/spywatcher`,
    REDIS_URL: `redis://spywatcher:canary-password@${silent.address}`,
    DATABASE_ACQUIRE_TIMEOUT_MS: '700',
    DATABASE_TRANSACTION_TIMEOUT_MS: '800',
    REQUEST_TIMEOUT_MS: '1000',
  });
  await Promise.all([down.logged('listening'), hung.logged('listening')]);
}, 30_000);

afterAll(async () => {
  for (const app of [down, hung]) app.kill('SIGTERM');
  await Promise.all([down.ended, hung.ended]);
  silent.close();
});

const report = { userId: '1', guildId: '2', status: 'online' };
const post = (
  body: string,
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
): RequestInit => ({ method: 'POST', headers, body });

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly text: string;
  readonly headers: Headers;
}

async function ask(app: AppProcess, path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(`${app.url}${path}`, init);
  const text = await response.text();
  const { error } = JSON.parse(text) as { readonly error?: { readonly code: string } };
  return { status: response.status, code: error?.code ?? '', text, headers: response.headers };
}

/** Sends bytes as they are and gives everything that comes back. */
async function sendRaw(app: AppProcess, bytes: string): Promise<string> {
  const socket = connect(app.port, '127.0.0.1')
    .setEncoding('utf8')
    .on('error', () => undefined);
  let text = '';
  socket.on('data', (part: string) => (text += part));
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

test.each<readonly [string, number, string, string, RequestInit]>([
  ['an unknown path', 404, 'not_found', '/nowhere', {}],
  [
    'a known path with another method',
    405,
    'method_not_allowed',
    '/api/presence/1',
    { method: 'DELETE' },
  ],
  ['a malformed percent-encoding', 400, 'bad_request', '/api/presence/%ff', {}],
  ['a user id that is no snowflake', 400, 'invalid_request', '/api/presence/0x1', {}],
  ['a guild id that is no snowflake', 400, 'invalid_request', '/api/guilds/-1/online', {}],
  ['malformed JSON', 400, 'malformed_json', '/api/presence', post('{"userId":')],
  ['JSON that is no object', 400, 'malformed_json', '/api/presence', post('"text"')],
  [
    'an unknown field',
    400,
    'invalid_request',
    '/api/presence',
    post(JSON.stringify({ ...report, more: 1 })),
  ],
  [
    'a prototype in JSON',
    400,
    'invalid_request',
    '/api/presence',
    post('{"__proto__":{"userId":"1"},"guildId":"2","status":"idle"}'),
  ],
  [
    'JSON nested ten thousand deep',
    400,
    'invalid_request',
    '/api/presence',
    post(`{"a":${'['.repeat(7_000)}${']'.repeat(7_000)}}`),
  ],
  [
    'a time in the future',
    400,
    'invalid_request',
    '/api/presence',
    post(JSON.stringify({ ...report, at: '2999-01-01T00:00:00Z' })),
  ],
  [
    'a body that is too large',
    413,
    'body_too_large',
    '/api/presence',
    post(JSON.stringify({ a: 'x'.repeat(20_000) })),
  ],
  [
    'a body that is not JSON',
    415,
    'unsupported_media_type',
    '/api/presence',
    post('a=b', { 'Content-Type': 'application/x-www-form-urlencoded' }),
  ],
  [
    'an unknown content encoding',
    415,
    'unsupported_media_type',
    '/api/presence',
    post('{}', { 'Content-Type': 'application/json', 'Content-Encoding': 'zstd2' }),
  ],
  [
    'an empty idempotency key',
    400,
    'invalid_request',
    '/api/presence',
    post(JSON.stringify(report), { 'Content-Type': 'application/json', 'Idempotency-Key': '' }),
  ],
  [
    'a repeated idempotency key',
    400,
    'invalid_request',
    '/api/presence',
    post(JSON.stringify(report), { 'Content-Type': 'application/json', 'Idempotency-Key': 'a, b' }),
  ],
])('%s is answered with %i %s', async (_what, ...[status, code, path, init]) => {
  expect(await ask(down, path, init)).toMatchObject({ status, code });
});

test('405 names what is allowed', async () => {
  expect((await ask(down, '/api/presence')).headers.get('allow')).toBe('POST');
});

test('with the database down every route is 503 at once and discloses no address', async () => {
  const answers = await Promise.all([
    ask(down, '/api/presence/1'),
    ask(down, '/api/guilds/2/online'),
    ask(down, '/api/presence', post(JSON.stringify(report))),
    ask(down, '/readyz'),
  ]);
  for (const { status, headers, text } of answers) {
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(text).not.toMatch(/127\.0\.0\.1|select|insert|prisma|postgres|redis|canary|\.ts|\.js/i);
  }
});

test('with database and Redis hung every request still ends within its deadline', async () => {
  const startedAtMs = performance.now();
  const answers = await Promise.all([
    ask(hung, '/api/presence/1'),
    ask(hung, '/api/guilds/2/online'),
    ask(hung, '/api/presence', post(JSON.stringify(report))),
    ask(hung, '/readyz'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  expect(performance.now() - startedAtMs).toBeLessThan(4_000);
});

test('a body that never arrives ends with 503 at the deadline', async () => {
  const answer = await sendRaw(
    hung,
    'POST /api/presence HTTP/1.1\r\nHost: x\r\nContent-Type: ' +
      'application/json\r\nContent-Length: 100\r\n\r\n{"a"',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 503 .*"deadline_exceeded"/s);
});

test("a body that is cut off is the caller's doing, and no failure of the database", async () => {
  const socket = connect(down.port, '127.0.0.1').on('error', () => undefined);
  socket.write(
    'POST /api/presence HTTP/1.1\r\nHost: x\r\nContent-Type: ' +
      'application/json\r\nContent-Length: 100\r\n\r\n{"cut',
  );
  await ask(down, '/livez');
  socket.destroy();
  await once(socket, 'close');
  const before = down.log.length;
  for (let count = 0; count < 20; count += 1) await ask(down, '/livez');
  expect(
    down.log
      .slice(before)
      .filter(({ msg, path }) => msg === 'request failed' && path === '/api/presence'),
  ).toEqual([]);
});

test('malformed HTTP and too large a header get the body of every error', async () => {
  expect(await sendRaw(down, 'nonsense\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 .*\{"error":\{"code":"bad_request"/s,
  );
  expect(
    await sendRaw(down, `GET /livez HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`),
  ).toMatch(/^HTTP\/1\.1 431 .*"headers_too_large"/s);
});

test.each([
  ['an answer', '/livez'],
  ['an error', '/api/presence/x'],
  ['what is not found', '/nowhere'],
])(
  '%s has the headers of data, no X-Powered-By, no ETag, no HSTS over HTTP',
  async (_what, path) => {
    const { headers } = await ask(down, path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'application/json; charset=utf-8',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    for (const name of ['x-powered-by', 'etag', 'strict-transport-security'])
      expect(headers.has(name)).toBe(false);
  },
);

test('HEAD gets the headers of GET and no body', async () => {
  const [got, head] = await Promise.all(
    ['GET', 'HEAD'].map((method) => fetch(`${down.url}/livez`, { method })),
  );
  const body = (await got?.text()) ?? '';
  expect(await head?.text()).toBe('');
  for (const name of ['content-type', 'content-security-policy'])
    expect(head?.headers.get(name)).toBe(got?.headers.get(name));
  expect(head?.headers.get('content-length')).toBe(`${body.length}`);
});

test('no password reaches the log', () => {
  expect(JSON.stringify([down.log, hung.log])).not.toContain('canary-password');
});
