import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, BASE, BEARER, sendRaw, TOKENS } from '../monitoring/routes/testing/admin-server.ts';
import {
  startMonitoredApp,
  type MonitoredApp,
} from '../monitoring/routes/testing/monitored-app.ts';

let app: MonitoredApp;

const WRONG = { Authorization: 'Bearer wrong-canary-token-0123456789abcdefgh' };
/** So that what is used of the heap is what is still needed. */
const COLLECT_OFTEN =
  "import v8 from 'node:v8'; import vm from 'node:vm'; v8.setFlagsFromString('--expose-gc'); " +
  "setInterval(vm.runInNewContext('gc'), 200).unref();";
const NESTED = '['.repeat(10_000) + ' '.repeat(1_048_576 - 20_000) + ']'.repeat(10_000);

beforeAll(async () => {
  app = await startMonitoredApp({ LOG_LEVEL: 'debug', REQUEST_TIMEOUT_MS: '4000' }, COLLECT_OFTEN);
}, 30_000);
afterAll(() => app.stop());

/** What every answer to something hostile must be free of. */
const REVEALING = new RegExp(
  [
    ...['canary', '127\\.0\\.0\\.1', '\\bat .*:\\d+:\\d+', 'node_modules', '\\.ts\\b'],
    ...['select ', 'insert ', 'prisma', 'postgresql', 'express', 'node/', 'v?\\d+\\.\\d+\\.\\d+'],
  ].join('|'),
  'i',
);

async function expectHonestAnswers(): Promise<void> {
  expect((await ask(app, '/livez')).status).toBe(200);
  const metrics = await ask(app, `${BASE}/metrics`, { headers: BEARER });
  expect(metrics.status).toBe(200);
}

async function heapBytes(): Promise<number> {
  await sleep(600);
  const { text } = await ask(app, `${BASE}/metrics`, { headers: BEARER });
  return Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(text)?.[1]);
}

const agent = new Agent({ keepAlive: true, maxSockets: 20, localAddress: '127.0.0.1' });
afterAll(() => agent.destroy());

async function attempt(headers: Record<string, string>): Promise<number> {
  const [response] = (await once(
    request({ host: '127.0.0.1', port: app.port, path: `${BASE}/metrics`, agent, headers }).end(),
    'response',
  )) as [IncomingMessage];
  await once(response.resume(), 'end');
  return response.statusCode ?? 0;
}

test('ten thousand wrong tokens are 401, then 429, without growing the heap', async () => {
  const statuses = new Map<number, number>();
  const flood = async (count: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let sent = 0; sent < count / 20; sent += 1) {
          const status = await attempt({ Authorization: `${WRONG.Authorization}${sent}` });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
  };
  await flood(2_000);
  const before = await heapBytes();
  await flood(10_000);
  const after = await heapBytes();
  expect([...statuses.keys()].sort()).toEqual([401, 429]);
  expect(statuses.get(429)).toBeGreaterThan(10_000);
  expect(after - before).toBeLessThan(8 * 1_048_576);
  await expectHonestAnswers();
}, 120_000);

const targets = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

test.each<readonly [string, number, string]>([
  ['a path that climbs out of the admin routes', 404, targets('/api/admin/../presence/1')],
  ['a path that climbs out of the monitoring', 401, targets(`${BASE}/../../presence/1`)],
  ['encoded slashes', 404, targets('/api%2fadmin%2fmonitoring%2fmetrics')],
  ['an encoded climb', 401, targets(`${BASE}/%2e%2e/%2e%2e/presence/1`)],
  ['a malformed percent-encoding', 401, targets(`${BASE}/%ff%`)],
  ['encoded line ends in the target', 401, targets(`${BASE}/%0d%0aSet-Cookie:%20a=b`)],
  [
    'a line end in the target, which makes it a request of HTTP/0.9',
    401,
    targets(`${BASE}/\r\nX-Injected: 1`),
  ],
  [
    'a bare carriage return in a header',
    400,
    `GET ${BASE}/metrics HTTP/1.1\r\nHost: x\r\nX: a\rb\r\nConnection: close\r\n\r\n`,
  ],
  ['a prototype in the query', 401, targets(`${BASE}/metrics?__proto__[admin]=1`)],
  [
    'a repeated Authorization',
    400,
    `GET ${BASE}/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
      `Authorization: ${WRONG.Authorization}\r\n` +
      `Authorization: ${BEARER.Authorization}\r\n\r\n`,
  ],
  [
    'repeated cookies',
    400,
    `GET ${BASE}/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
      'Cookie: admin_session=a\r\nCookie: admin_session=b\r\n\r\n',
  ],
  [
    'a header that is too large',
    431,
    `GET ${BASE}/metrics HTTP/1.1\r\nHost: x\r\n` +
      `Authorization: Bearer ${'x'.repeat(40_000)}\r\n\r\n`,
  ],
  ['a target that is too long', 431, targets(`${BASE}/metrics?${'x'.repeat(40_000)}`)],
  [
    'too many headers',
    431,
    `GET ${BASE}/metrics HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(200)}\r\n`,
  ],
  [
    'two lengths of a body',
    400,
    `POST ${BASE}/session HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
  ],
  [
    'a length beside chunks',
    400,
    `POST ${BASE}/session HTTP/1.1\r\nHost: x\r\n` +
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['an unknown method', 400, `HACK ${BASE}/metrics HTTP/1.1\r\nHost: x\r\n\r\n`],
])(
  '%s is %i without a word too many, and honest requests are served',
  async (_what, status, bytes) => {
    const text = await sendRaw(app, bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ error: { code: expect.any(String) as unknown } });
    expect(head).not.toMatch(/^(Set-Cookie|X-Injected|X-Powered-By|Server):/im);
    expect(body).not.toMatch(REVEALING);
    await expectHonestAnswers();
  },
);

test.each<readonly [string, number, string, Record<string, string>]>([
  ['a sign-in as JSON', 415, `${BASE}/session`, { 'Content-Type': 'application/json' }],
  [
    'a sign-in as a form',
    413,
    `${BASE}/session`,
    { 'Content-Type': 'application/x-www-form-urlencoded' },
  ],
  ['a report', 413, '/api/presence', { 'Content-Type': 'application/json' }],
])(
  '1 MB of JSON nested ten thousand deep as %s is %i, and honest requests are served',
  async (_what, ...[status, path, headers]) => {
    const { status: answered, text } = await ask(app, path, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': `${NESTED.length}` },
      body: NESTED,
    });
    expect(answered).toBe(status);
    expect(text).not.toMatch(REVEALING);
    await expectHonestAnswers();
  },
);

test('two hundred slow senders of headers get 408 and disturb nobody', async () => {
  const slow = Array.from({ length: 200 }, () =>
    connect({ host: '127.0.0.1', port: app.port })
      .setEncoding('utf8')
      .on('error', () => undefined),
  );
  const answers = slow.map(() => '');
  slow.forEach((socket, index) => socket.on('data', (part: string) => (answers[index] += part)));
  for (const socket of slow) socket.write(`GET ${BASE}/metrics HTTP/1.1\r\nX: `);
  const drip = setInterval(
    () => slow.forEach((socket) => socket.writable && socket.write('x')),
    200,
  );
  await expectHonestAnswers();
  await Promise.all(slow.filter((socket) => !socket.closed).map((socket) => once(socket, 'close')));
  clearInterval(drip);
  expect(new Set(answers.map((answer) => answer.slice(0, 12)))).toEqual(new Set(['HTTP/1.1 408']));
  await expectHonestAnswers();
}, 30_000);

test('no token and no password reaches the log, and the process had no error of its own', () => {
  const log = JSON.stringify(app.log);
  for (const secret of [...TOKENS.accepted, 'wrong-canary-token', 'canary-password'])
    expect(log).not.toContain(secret);
  expect(app.log.filter(({ msg }) => /uncaught|unhandled|request failed/.test(msg))).toEqual([]);
  expect(app.stderr()).toBe('');
});
