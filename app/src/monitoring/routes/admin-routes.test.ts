import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { HttpError } from '../../http/http-error.ts';
import { idle, postgresDown, redisDown } from '../testing/observations.ts';
import {
  alertsSchema,
  errorSchema,
  healthSchema,
  historySchema,
  poolSchema,
  slowQueriesSchema,
} from '../bodies/body-schemas.ts';
import {
  ask,
  BASE,
  BEARER,
  openAdminServer,
  sendRaw,
  type AdminServer,
} from './testing/admin-server.ts';
import { alert, observationOf, sampleAt } from './testing/fake-monitoring.ts';

let server: AdminServer;
beforeAll(async () => {
  server = await openAdminServer();
});
beforeEach(() => {
  server.monitoring.observation = observationOf(idle, { alerts: [alert] });
});
afterAll(() => server.close());

const get = (path: string) => ask(server, `${BASE}${path}`, { headers: BEARER });

const ROUTES = [
  '/',
  '/connections/health',
  '/connections/pool',
  '/connections/alerts',
  '/connections/history',
  '/database/slow-queries',
  '/metrics',
];

test.each([
  ['/connections/health', healthSchema],
  ['/connections/pool', poolSchema],
  ['/connections/alerts', alertsSchema],
  ['/connections/history', historySchema],
  ['/database/slow-queries', slowQueriesSchema],
])('GET %s answers 200 with a body of its schema, which nobody stores', async (path, schema) => {
  server.monitoring.sample(sampleAt(1_000));
  const { status, headers, text } = await get(path);
  expect(status).toBe(200);
  schema.parse(JSON.parse(text));
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(headers).not.toHaveProperty('etag');
  expect(headers).not.toHaveProperty('x-powered-by');
});

test.each([
  ['Postgres', postgresDown],
  ['Redis', redisDown],
])(
  'with %s down health and pool answer 503 with the same bodies; alerts, history, slow ' +
    'queries and metrics still 200',
  async (_layer, layers) => {
    server.monitoring.observation = observationOf(layers);
    const [health, pool, ...others] = await Promise.all(
      [...ROUTES].filter((path) => path !== '/').map(get),
    );
    expect([health?.status, pool?.status]).toEqual([503, 503]);
    expect(healthSchema.parse(JSON.parse(health?.text ?? '')).healthy).toBe(false);
    poolSchema.parse(JSON.parse(pool?.text ?? ''));
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  },
);

test('GET /metrics gives the text as it was rendered', async () => {
  const { status, headers, text } = await get('/metrics');
  expect({ status, text }).toEqual({ status: 200, text: 'spywatcher_up 1\n' });
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
});

test('GET / returns the dashboard with its policy; without the slash it redirects', async () => {
  const { status, headers, text } = await get('/');
  expect({ status, text }).toEqual({ status: 200, text: '<title>dashboard</title>' });
  expect(headers).toMatchObject({
    'content-security-policy': "default-src 'none'",
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  });
  const { status: redirected, headers: pointer } = await ask(server, BASE);
  expect([redirected, pointer.location]).toEqual([308, 'monitoring/']);
  expect(new URL(pointer.location ?? '', `${server.url}${BASE}`).pathname).toBe(`${BASE}/`);
});

test("slow queries follow the query parameters, by default the plan's threshold", async () => {
  const { slowQueriesAsked } = server.monitoring;
  await get('/database/slow-queries');
  expect(slowQueriesAsked.at(-1)).toEqual({ limit: 20, minMs: 1_000, sort: 'mean' });
  const { text } = await get('/database/slow-queries?limit=5&minMs=0&sort=total');
  expect(slowQueriesAsked.at(-1)).toEqual({ limit: 5, minMs: 0, sort: 'total' });
  expect(JSON.parse(text)).toMatchObject({
    count: 1,
    filter: { limit: 5, minMs: 0, sort: 'total' },
  });
});

test('without statistics slow queries answer 503 and say what to do', async () => {
  server.monitoring.slowQueriesFailure = new HttpError(
    503,
    'statistics_unavailable',
    'Run `npm run up`.',
  ).withHeaders({ 'Retry-After': '5' });
  const { status, text, headers } = await get('/database/slow-queries');
  server.monitoring.slowQueriesFailure = undefined;
  expect({ status, text }).toEqual({
    status: 503,
    text: '{"error":{"code":"statistics_unavailable","message":"Run `npm run up`."}}',
  });
  expect(headers['retry-after']).toBe('5');
});

test.each(ROUTES)(
  'GET %s without a token is 401, and HEAD with one is 200 without a body',
  async (path) => {
    const { status, code, headers, text } = await ask(server, `${BASE}${path}`);
    expect({
      status,
      code,
      challenge: headers['www-authenticate'],
      stored: headers['cache-control'],
    }).toEqual({ status: 401, code: 'unauthorized', challenge: 'Bearer', stored: 'no-store' });
    errorSchema.parse(JSON.parse(text));
    expect(await ask(server, `${BASE}${path}`, { method: 'HEAD', headers: BEARER })).toMatchObject({
      status: 200,
      text: '',
    });
  },
);

test.each(ROUTES)(
  'another method on %s is 405, and the answer names what is allowed',
  async (path) => {
    const { status, code, headers } = await ask(server, `${BASE}${path}`, {
      method: 'DELETE',
      headers: BEARER,
    });
    expect({ status, code, allowed: headers.allow }).toEqual({
      status: 405,
      code: 'method_not_allowed',
      allowed: 'GET, HEAD',
    });
  },
);

test.each(['/session', '/session/end'])(
  'GET %s is 405 for who is let in, and 401 for everyone else',
  async (path) => {
    expect(await get(path)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect((await ask(server, `${BASE}${path}`)).status).toBe(401);
  },
);

test.each([
  ['/api/admin', 404],
  ['/api/admin/', 404],
  ['/api/admin/other', 404],
  ['/api/admin/../presence/1', 404],
  ['/api/admin%2fmonitoring/', 404],
  [`${BASE}%2f`, 404],
  [`${BASE}/nothing`, 401],
  [`${BASE}/../../presence/1`, 401],
  [`${BASE}//`, 401],
  [`${BASE}/connections%2fhealth`, 401],
  [`${BASE}/%ff`, 401],
])('without a token %s is %i; what is no route is 404 with one', async (path, status) => {
  expect((await ask(server, path)).status).toBe(status);
  const { status: withToken, code } = await ask(server, path, { headers: BEARER });
  expect([withToken, code]).toEqual([404, 'not_found']);
});

test.each([
  ['an unknown parameter', '/connections/health?verbose=1'],
  ['a parameter where there are none', '/?token=x'],
  ['a prototype', '/connections/pool?__proto__=1'],
  ['a prototype in one that has some', '/database/slow-queries?__proto__[limit]=1'],
  ['a repeated parameter', '/database/slow-queries?limit=1&limit=2'],
  ['a limit that is no number', '/database/slow-queries?limit=1e1'],
  ['a limit out of range', '/database/slow-queries?limit=101'],
  ['a negative time', '/database/slow-queries?minMs=-1'],
  ['an unknown order', '/database/slow-queries?sort=constructor'],
  ['a query as a list', '/database/slow-queries?limit[]=1'],
])('%s is 400', async (_what, path) => {
  const { status, text } = await get(path);
  expect(status).toBe(400);
  errorSchema.parse(JSON.parse(text));
});

test('a failure of our own is 500 and shows nothing of it; the log has it', async () => {
  server.monitoring.observationFailure = new Error('canary at SELECT secret FROM db.internal');
  const { status, text } = await get('/connections/health');
  server.monitoring.observationFailure = undefined;
  expect({ status, text }).toEqual({
    status: 500,
    text: '{"error":{"code":"internal_error","message":"Something went wrong."}}',
  });
  expect(server.log.join('')).toContain('canary at SELECT');
});

test('an absolute target, and letters of another case, lead to the same check', async () => {
  expect(
    await sendRaw(
      server,
      `GET http://elsewhere${BASE}/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    ),
  ).toMatch(/^HTTP\/1\.1 401 /);
  expect(
    await sendRaw(
      server,
      `GET ${BASE.toUpperCase()}/METRICS HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    ),
  ).toMatch(/^HTTP\/1\.1 401 /);
});
