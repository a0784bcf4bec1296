import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { startApp, type AppProcess } from './testing/app-process.ts';
import { openSilentServer, type SilentServer } from './testing/silent-server.ts';

// Each starts processes: on a busy machine that takes seconds, and decides nothing here.
jest.setTimeout(30_000);

let hung: SilentServer;
const running: AppProcess[] = [];

beforeAll(async () => {
  hung = await openSilentServer();
});
afterEach(() => running.splice(0).forEach((app) => app.kill('SIGKILL')));
afterAll(() => hung.close());

async function start(
  variables: Partial<Record<string, string>> = {},
  preload?: string,
): Promise<AppProcess> {
  const app = await startApp(variables, preload);
  running.push(app);
  return app;
}

/** A database that takes connections and never speaks; the request deadline is far away. */
const withHungDatabase = () => ({
  DATABASE_URL: `postgresql://spywatcher:secret@${hung.address}/spywatcher`,
  DATABASE_ACQUIRE_TIMEOUT_MS: '20000',
  DATABASE_TRANSACTION_TIMEOUT_MS: '25000',
  REQUEST_TIMEOUT_MS: '30000',
});

/**
 * Asks for something that needs the hung database, and waits until that holds one of its
 * connections; the first check of readiness holds the other.
 */
async function askInVain(
  app: AppProcess,
  acceptedBefore: number,
): Promise<{ readonly answer: ReturnType<typeof request> }> {
  const answer = request(`${app.url}/api/presence/1`);
  answer.catch(() => undefined);
  await hung.untilAccepted(acceptedBefore + 2);
  return { answer };
}

const orderOf = (app: AppProcess) =>
  app.log.flatMap(({ msg, closed }) => (msg === 'closed' ? [closed] : []));

async function request(
  url: string,
  agent?: Agent,
): Promise<{ readonly response: IncomingMessage; readonly body: string }> {
  const [response] = (await once(
    get(url, { ...(agent === undefined ? {} : { agent }) }),
    'response',
  )) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { response, body };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s with database and Redis down: closes last opened first, exits 0',
  async (signal) => {
    const app = await start();
    await app.logged('listening');
    app.kill(signal);
    expect(await app.ended).toBe(0);
    expect(orderOf(app)).toEqual(['http server', 'database', 'public rate limit', 'redis']);
    expect(app.log.at(-1)).toMatchObject({ msg: 'shutdown complete', exitCode: 0 });
  },
);

test('while draining /readyz is 503, /livez is 200 and requests are served', async () => {
  const app = await start({ SHUTDOWN_DRAIN_DELAY_MS: '700' });
  await app.logged('listening');
  app.kill('SIGTERM');
  await app.logged('shutdown begins: not ready');
  expect((await request(`${app.url}/readyz`)).response.statusCode).toBe(503);
  expect((await request(`${app.url}/livez`)).response.statusCode).toBe(200);
  expect(await app.ended).toBe(0);
});

test('a request in flight is answered whole; idle connections hold nothing up', async () => {
  const accepted = hung.accepted;
  const app = await start({
    ...withHungDatabase(),
    DATABASE_ACQUIRE_TIMEOUT_MS: '1500',
    DATABASE_TRANSACTION_TIMEOUT_MS: '1600',
    REQUEST_TIMEOUT_MS: '2000',
  });
  await app.logged('listening');
  const agent = new Agent({ keepAlive: true });
  await request(`${app.url}/livez`, agent);
  const halfOpen = connect(app.port, '127.0.0.1').on('error', () => undefined);
  halfOpen.write('GET /livez HTTP/1.1\r\nHos');
  const inFlight = await askInVain(app, accepted);
  app.kill('SIGTERM');
  const { response, body } = await inFlight.answer;
  expect(response.statusCode).toBe(503);
  expect(response.headers.connection).toBe('close');
  expect(body).toMatch(/^\{"error":\{"code":"\w+","message":"[^"]+"\}\}$/);
  expect(await app.ended).toBe(0);
  expect(app.log.filter(({ msg }) => msg.includes('deadline passed'))).toEqual([]);
});

test('a keep-alive client may fetch one more answer, which sends it away', async () => {
  const app = await start();
  await app.logged('listening');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await request(`${app.url}/livez`, agent);
  app.kill('SIGTERM');
  await app.logged('shutdown begins: not ready');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { response } = await request(`${app.url}/livez`, agent);
  expect(response.headers.connection).toBe('close');
  expect(await app.ended).toBe(0);
});

test('a second signal exits 1 at once, whatever hangs', async () => {
  const accepted = hung.accepted;
  const app = await start(withHungDatabase());
  await app.logged('listening');
  await askInVain(app, accepted);
  app.kill('SIGTERM');
  await app.logged('shutdown begins: not ready');
  app.kill('SIGTERM');
  expect(await app.ended).toBe(1);
  expect(orderOf(app)).toEqual([]);
});

test('after the deadline it exits 1 and names what is open and the request', async () => {
  const accepted = hung.accepted;
  const app = await start({ ...withHungDatabase(), SHUTDOWN_DEADLINE_MS: '600' });
  await app.logged('listening');
  await askInVain(app, accepted);
  app.kill('SIGTERM');
  expect(await app.ended).toBe(1);
  expect(app.log.at(-1)).toMatchObject({
    level: 'fatal',
    stillOpen: ['http server', 'database', 'public rate limit', 'redis'],
    waitingFor: ['GET /api/presence/1'],
  });
});

test.each([
  ['from outside', `setImmediate(() => process.kill(process.pid, 'SIGTERM'))`],
  ['before anything is opened', `queueMicrotask(() => process.emit('SIGTERM', 'SIGTERM'))`],
])(
  'a signal that comes while the program is being loaded, %s, ends it with 0',
  async (_when, signal) => {
    const app = await start(
      {},
      `process.on('newListener', (event) => { if (event === 'SIGINT') ${signal}; });`,
    );
    expect(await app.ended).toBe(0);
    expect(app.log.at(-1)).toMatchObject({ msg: 'shutdown complete', exitCode: 0 });
  },
);

test.each([
  ['uncaughtException', `throw new Error('boom')`],
  ['unhandledRejection', `Promise.reject(new Error('boom'))`],
])('an %s takes the same path and exits 1', async (event, thrown) => {
  const app = await start({}, `process.on('SIGUSR2', () => { ${thrown} });`);
  await app.logged('listening');
  app.kill('SIGUSR2');
  expect(await app.ended).toBe(1);
  expect(app.log.find(({ level }) => level === 'fatal')).toMatchObject({
    msg: event,
    err: { message: 'boom' },
  });
  expect(orderOf(app)).toEqual(['http server', 'database', 'public rate limit', 'redis']);
});

test('an error while it shuts down does not cut it short, but makes the exit code 1', async () => {
  const app = await start(
    { SHUTDOWN_DRAIN_DELAY_MS: '1500' },
    `process.on('SIGUSR2', () => { throw new Error('boom') });`,
  );
  await app.logged('listening');
  app.kill('SIGTERM');
  await app.logged('shutdown begins: not ready');
  app.kill('SIGUSR2');
  expect(await app.ended).toBe(1);
  expect(orderOf(app)).toEqual(['http server', 'database', 'public rate limit', 'redis']);
  expect(app.log.at(-1)).toMatchObject({ msg: 'shutdown complete', exitCode: 1 });
});

test('a port that is taken ends it with 1 and a reason', async () => {
  const first = await start();
  await first.logged('listening');
  const second = await start({ PORT: `${first.port}` });
  expect(await second.ended).toBe(1);
  expect(second.log.find(({ level }) => level === 'fatal')).toMatchObject({
    err: { code: 'EADDRINUSE' },
  });
});

test('a faulty environment ends it with 1 and all faults, before opening anything', async () => {
  const app = await start({ PORT: 'x', DATABASE_POOL_MAX: '-1' });
  expect(await app.ended).toBe(1);
  expect(app.stderr()).toMatch(/PORT: got .*\n.*DATABASE_POOL_MAX: got /);
  expect(app.log).toEqual([]);
});

test('without a usable monitoring plan it ends with 1, before opening anything', async () => {
  const app = await start({
    MONITORING: 'on',
    MONITORING_PLAN_FILE: '/nowhere/plan.json',
    ADMIN_TOKENS: 'a'.repeat(32),
    MONITOR_DATABASE_URL: `postgresql://monitor:secret@${hung.address}/spywatcher`,
    POOLER_CONSOLE_URL: 'off',
  });
  expect(await app.ended).toBe(1);
  expect(app.stderr()).toMatch(/MONITORING_PLAN_FILE: got \/nowhere\/plan\.json: ENOENT/);
  expect(app.log).toEqual([]);
});
