import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import {
  ask,
  BASE,
  BEARER,
  nextAddress,
  openAdminServer,
  sendRaw,
  TOKENS,
  type AdminServer,
} from '../routes/testing/admin-server.ts';

let server: AdminServer;
beforeAll(async () => {
  server = await openAdminServer();
});
afterAll(() => server.close());
afterEach(() => void jest.restoreAllMocks());

const [NEWEST, FORMER] = TOKENS.accepted;
const WRONG = { Authorization: 'Bearer wrong-canary-token-0123456789abcdefgh' };
const PATH = `${BASE}/metrics`;

const raw = (...headers: readonly string[]) =>
  sendRaw(
    server,
    [`GET ${PATH} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n'),
  );

test('each of two tokens opens the routes, a lower-case scheme too', async () => {
  for (const token of [NEWEST, FORMER])
    expect(
      (await ask(server, PATH, { headers: { Authorization: `Bearer ${token}` } })).status,
    ).toBe(200);
  expect((await ask(server, PATH, { headers: { Authorization: `bearer ${NEWEST}` } })).status).toBe(
    200,
  );
});

test.each([
  ['none', {}],
  ['a wrong one', WRONG],
  ['a part of one', { Authorization: `Bearer ${NEWEST.slice(0, -1)}` }],
  ['more than one', { Authorization: `Bearer ${NEWEST}x` }],
  ['two in one header', { Authorization: `Bearer ${NEWEST} ${NEWEST}` }],
  ['an empty one', { Authorization: 'Bearer ' }],
  [
    'another scheme',
    { Authorization: `Basic ${Buffer.from(`admin:${NEWEST}`).toString('base64')}` },
  ],
  ['a bare one', { Authorization: NEWEST }],
])('a token that is %s is 401', async (_what, headers) => {
  expect(await ask(server, PATH, { headers })).toMatchObject({ status: 401, code: 'unauthorized' });
});

test('a repeated Authorization header is 400, whichever of them is right', async () => {
  expect(await raw(`Authorization: Bearer ${NEWEST}`, `Authorization: Bearer ${NEWEST}`)).toMatch(
    /^HTTP\/1\.1 400 .*"repeated_header"/s,
  );
  expect(
    await raw(`Authorization: Bearer ${NEWEST}`, `authorization: ${WRONG.Authorization}`),
  ).toMatch(/^HTTP\/1\.1 400 /);
});

test('a repeated Authorization header behind many others is refused', async () => {
  const many = Array.from({ length: 150 }, (_, index) => `X-${index}: 1`);
  expect(
    await raw(`Authorization: Bearer ${NEWEST}`, ...many, `Authorization: ${WRONG.Authorization}`),
  ).toMatch(/^HTTP\/1\.1 431 .*"headers_too_large"/s);
  expect(await raw(`Authorization: Bearer ${NEWEST}`, ...many.slice(0, 98))).toMatch(
    /^HTTP\/1\.1 431 .*"headers_too_large"/s,
  );
  expect(await raw(`Authorization: Bearer ${NEWEST}`, ...many.slice(0, 97))).toMatch(
    /^HTTP\/1\.1 200 /,
  );
});

test('failures lead to 429 for that address alone, for a minute, with any token', async () => {
  const localAddress = nextAddress();
  for (let failure = 0; failure < 20; failure += 1)
    expect((await ask(server, PATH, { localAddress, headers: WRONG })).status).toBe(401);
  const refused = await ask(server, PATH, { localAddress, headers: BEARER });
  expect(refused).toMatchObject({
    status: 429,
    code: 'too_many_failures',
    headers: { 'cache-control': 'no-store' },
  });
  const retryAfterSeconds = Number(refused.headers['retry-after']);
  expect(retryAfterSeconds).toBeGreaterThan(0);
  expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  expect((await ask(server, PATH, { headers: BEARER })).status).toBe(200);

  const now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + retryAfterSeconds * 1_000);
  expect((await ask(server, PATH, { localAddress, headers: BEARER })).status).toBe(200);
});

test('a header that anyone can write does not choose the address', async () => {
  const localAddress = nextAddress();
  for (let failure = 0; failure < 20; failure += 1)
    await ask(server, PATH, {
      localAddress,
      headers: {
        ...WRONG,
        'X-Forwarded-For': `10.0.0.${failure}`,
        Forwarded: `for=10.0.0.${failure}`,
      },
    });
  expect(
    (
      await ask(server, PATH, {
        localAddress,
        headers: { ...WRONG, 'X-Forwarded-For': '10.1.1.1' },
      })
    ).status,
  ).toBe(429);
});

test('successes, other errors and open streams are no failures', async () => {
  const localAddress = nextAddress();
  const statuses = async (count: number, path: string, options: object) =>
    new Set(
      (
        await Promise.all(
          Array.from({ length: count }, () => ask(server, path, { localAddress, ...options })),
        )
      ).map(({ status }) => status),
    );
  expect(await statuses(50, PATH, { headers: BEARER })).toEqual(new Set([200]));
  expect(await statuses(50, `${BASE}/nowhere`, { headers: BEARER })).toEqual(new Set([404]));
  expect(await statuses(50, `${BASE}/session`, { method: 'POST' })).toEqual(new Set([415]));
  expect(await statuses(50, `${BASE}/session/end`, { method: 'POST' })).toEqual(new Set([303]));
  expect(await statuses(1, PATH, { headers: BEARER })).toEqual(new Set([200]));
});

test('many failures in one packet get no more guesses than one after the other', async () => {
  const guess = `GET ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: ${WRONG.Authorization}\r\n\r\n`;
  const text = await sendRaw(
    server,
    `${guess.repeat(200)}GET ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
  expect(statuses).toHaveLength(201);
  expect(statuses.filter((status) => status !== '429').length).toBeLessThanOrEqual(20);
});

test('failures, floods and successes are logged with the address and no token', async () => {
  const localAddress = nextAddress();
  const before = server.log.length;
  for (let failure = 0; failure < 40; failure += 1)
    await ask(server, `${PATH}/${NEWEST}`, { localAddress, headers: WRONG });
  const welcome = nextAddress();
  for (let success = 0; success < 3; success += 1)
    await ask(server, PATH, { localAddress: welcome, headers: BEARER });
  const lines = server.log.slice(before).map(
    (line) =>
      JSON.parse(line) as {
        readonly msg: string;
        readonly level: number;
        readonly address?: string;
      },
  );
  const of = (msg: string) =>
    lines.filter((line) => line.msg === msg && line.address === localAddress);
  expect(of('admin access refused')).toHaveLength(20);
  expect(of('admin access: too many failures, refused for a minute')).toHaveLength(1);
  expect(lines.filter(({ msg }) => msg === 'admin access')).toMatchObject(
    [30, 20, 20].map((level) => ({ level, by: 'token', address: welcome })),
  );
  expect(server.log.join('')).not.toMatch(/canary/);
});
