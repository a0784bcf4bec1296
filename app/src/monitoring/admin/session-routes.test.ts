import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import {
  ask,
  BASE,
  BEARER,
  openAdminServer,
  TOKENS,
  type AdminServer,
  type Answer,
} from '../routes/testing/admin-server.ts';

let server: AdminServer;
beforeAll(async () => {
  server = await openAdminServer();
});
afterAll(() => server.close());
afterEach(() => void jest.restoreAllMocks());

const [NEWEST, FORMER] = TOKENS.accepted;
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const WRONG = 'wrong-canary-token-0123456789abcdefgh';

const signIn = (token: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(server, `${BASE}/session`, {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: `token=${encodeURIComponent(token)}`,
  });
const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0] ?? '';
const sessionOf = async (token = NEWEST): Promise<string> =>
  cookieOf(await signIn(token)).split(';')[0] ?? '';
const asBrowser = (cookie: string, more: Record<string, string> = {}) =>
  ask(server, `${BASE}/`, { headers: { ...HTML, Cookie: cookie, ...more } });

test('a browser without a session gets the sign-in page, other clients JSON', async () => {
  const shown = await ask(server, `${BASE}/`, { headers: HTML });
  expect(shown).toMatchObject({
    status: 401,
    text: '<title>sign in</title>',
    headers: { 'content-security-policy': "default-src 'self'", 'cache-control': 'no-store' },
  });
  for (const accept of ['*/*', 'application/json'])
    expect(await ask(server, `${BASE}/`, { headers: { Accept: accept } })).toMatchObject({
      status: 401,
      code: 'unauthorized',
    });
  expect(await ask(server, `${BASE}/metrics`, { headers: HTML })).toMatchObject({
    status: 401,
    code: 'unauthorized',
  });
});

test('signing in sets a strict, short-lived cookie and leads to the dashboard', async () => {
  const answer = await signIn(NEWEST);
  expect(answer).toMatchObject({
    status: 303,
    text: '',
    headers: { location: './', 'cache-control': 'no-store' },
  });
  const [value = '', ...attributes] = cookieOf(answer).split('; ');
  expect(attributes.filter((attribute) => !attribute.startsWith('Expires=')).sort()).toEqual([
    'HttpOnly',
    'Max-Age=28800',
    'Path=/api/admin/monitoring',
    'SameSite=Strict',
  ]);
  expect(value).toMatch(/^admin_session=\d+\.[\w-]{22}\.[\w-]{43}$/);
  expect(cookieOf(answer)).not.toContain('canary');
  expect(await asBrowser(value)).toMatchObject({ status: 200, text: '<title>dashboard</title>' });
});

test('behind a proxy that speaks HTTPS the cookie is sent over HTTPS only', async () => {
  expect(cookieOf(await signIn(NEWEST, { 'X-Forwarded-Proto': 'https' }))).toContain('; Secure');
  expect(cookieOf(await signIn(NEWEST, { 'X-Forwarded-Proto': 'http' }))).not.toContain('; Secure');
});

test('the former token signs in too, and a token that was copied with white space', async () => {
  expect((await signIn(FORMER)).status).toBe(303);
  expect((await signIn(` ${NEWEST}\r\n`)).status).toBe(303);
});

test('a wrong token is 401 with the page, counts as a failure, sets no cookie', async () => {
  const shown = await signIn(WRONG, HTML);
  expect(shown).toMatchObject({ status: 401, text: '<title>sign in: wrong_token</title>' });
  expect(shown.headers).not.toHaveProperty('set-cookie');
  expect(await signIn(WRONG)).toMatchObject({ status: 401, code: 'unauthorized' });
  const localAddress = '127.9.9.9';
  const attempt = () =>
    ask(server, `${BASE}/session`, {
      method: 'POST',
      localAddress,
      headers: FORM,
      body: `token=${WRONG}`,
    });
  for (let failure = 0; failure < 20; failure += 1) expect((await attempt()).status).toBe(401);
  expect(await attempt()).toMatchObject({ status: 429, code: 'too_many_failures' });
  const locked = await ask(server, `${BASE}/`, { localAddress, headers: HTML });
  expect(locked).toMatchObject({ status: 429, text: '<title>sign in: too_many_attempts</title>' });
  expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
});

test.each([
  ['tampered', (session: string) => session.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
  ['cut off', (session: string) => session.slice(0, -5)],
  [
    'of another token',
    () =>
      'admin_session=1999999999.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ],
  ['empty', () => 'admin_session='],
  ['under another name', (session: string) => session.replace('admin_session', 'x_admin_session')],
])('a session that is %s is 401', async (_what, change) => {
  expect((await asBrowser(change(await sessionOf()))).status).toBe(401);
});

test('a session is over after eight hours', async () => {
  const session = await sessionOf();
  const now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + 8 * 3_600_000 - 2_000);
  expect((await asBrowser(session)).status).toBe(200);
  jest.spyOn(Date, 'now').mockImplementation(() => now + 8 * 3_600_000);
  expect((await asBrowser(session)).status).toBe(401);
});

test('other cookies do not matter; two sessions are refused; a token decides', async () => {
  const session = await sessionOf();
  expect((await asBrowser(`theme=dark; ${session}; other=1`)).status).toBe(200);
  expect((await asBrowser(`${session}; ${session}`)).status).toBe(400);
  expect((await asBrowser(session, { Authorization: `Bearer ${WRONG}` })).status).toBe(401);
});

test('signing out takes the cookie back, with or without a session', async () => {
  for (const headers of [{ Cookie: await sessionOf() }, {}]) {
    const answer = await ask(server, `${BASE}/session/end`, { method: 'POST', headers });
    expect(answer).toMatchObject({ status: 303, headers: { location: '../' } });
    expect(cookieOf(answer)).toMatch(
      /^admin_session=; Path=\/api\/admin\/monitoring; Expires=.*1970.*; HttpOnly; SameSite=Strict/,
    );
  }
});

test.each(['/session', '/session/end'])(
  'POST %s from a page of another origin is refused, of the same site too',
  async (path) => {
    const send = (site: string) =>
      ask(server, `${BASE}${path}`, {
        method: 'POST',
        headers: { ...FORM, ...BEARER, 'Sec-Fetch-Site': site },
        body: `token=${NEWEST}`,
      });
    for (const site of ['cross-site', 'same-site'])
      expect(await send(site)).toMatchObject({ status: 403, code: 'cross_origin' });
    expect((await send('same-origin')).status).toBe(303);
  },
);

test.each<readonly [string, number, Record<string, string>, string]>([
  ['no token', 400, FORM, 'a=b'],
  ['nothing', 400, FORM, ''],
  ['a repeated token', 400, FORM, `token=${NEWEST}&token=${NEWEST}`],
  ['another field', 400, FORM, `token=${NEWEST}&remember=1`],
  ['a prototype', 400, FORM, `__proto__=1&token=${NEWEST}`],
  ['a nested token', 400, FORM, `token[__proto__]=${NEWEST}`],
  ['JSON', 415, { 'Content-Type': 'application/json' }, JSON.stringify({ token: NEWEST })],
  ['a form that is too large', 413, FORM, `token=${'x'.repeat(2_000)}`],
  ['a compressed form', 415, { ...FORM, 'Content-Encoding': 'gzip' }, 'x'],
  [
    '1 MB of JSON nested ten thousand deep',
    415,
    { 'Content-Type': 'application/json' },
    '['.repeat(10_000) + ' '.repeat(1_048_576 - 20_000) + ']'.repeat(10_000),
  ],
  [
    '1 MB of such JSON as a form',
    413,
    FORM,
    '['.repeat(10_000) + ' '.repeat(1_048_576 - 20_000) + ']'.repeat(10_000),
  ],
])(
  'a sign-in with %s is %i, sets no cookie, and the next one works',
  async (_what, ...[status, headers, body]) => {
    const answer = await ask(server, `${BASE}/session`, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect((await signIn(NEWEST)).status).toBe(303);
  },
);

test('a sign-in is logged with its address, a wrong one as a warning, no token', async () => {
  const before = server.log.length;
  await signIn(NEWEST);
  await signIn(WRONG);
  const lines = server.log
    .slice(before)
    .map((line) => JSON.parse(line) as { readonly level: number; readonly msg: string });
  expect(lines.filter(({ level }) => level >= 30)).toMatchObject([
    { level: 30, msg: 'admin signed in', address: expect.stringMatching(/^127\.1\./) as unknown },
    {
      level: 40,
      msg: 'admin access refused',
      reason: 'wrong token at sign-in',
      address: expect.stringMatching(/^127\.1\./) as unknown,
    },
  ]);
  expect(server.log.join('')).not.toContain('canary');
});
