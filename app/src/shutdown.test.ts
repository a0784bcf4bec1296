import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { pino } from 'pino';
import { createShutdown, type Shutdown } from './shutdown.ts';
import { startApp, type AppProcess, type LogLine } from './testing/app-process.ts';
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

/** Asks for something that needs the hung database, and waits until that holds one of its connections; the first check of readiness holds the other. */
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
    expect(orderOf(app)).toEqual(['http server', 'database', 'redis']);
    expect(app.log.at(-1)).toMatchObject({ msg: 'shutdown complete', exitCode: 0 });
  },
);

test('while it waits for the balancer, /readyz is 503, /livez is 200 and requests are still taken', async () => {
  const app = await start({ SHUTDOWN_DRAIN_DELAY_MS: '700' });
  await app.logged('listening');
  app.kill('SIGTERM');
  await app.logged('shutdown begins: not ready');
  expect((await request(`${app.url}/readyz`)).response.statusCode).toBe(503);
  expect((await request(`${app.url}/livez`)).response.statusCode).toBe(200);
  expect(await app.ended).toBe(0);
});

test('a request in flight gets its whole answer, which says that the connection ends; idle and half-open connections hold nothing up', async () => {
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

test('when the deadline passes it exits 1 and names what is still open, and the request it waited for', async () => {
  const accepted = hung.accepted;
  const app = await start({ ...withHungDatabase(), SHUTDOWN_DEADLINE_MS: '600' });
  await app.logged('listening');
  await askInVain(app, accepted);
  app.kill('SIGTERM');
  expect(await app.ended).toBe(1);
  expect(app.log.at(-1)).toMatchObject({
    level: 'fatal',
    stillOpen: ['http server', 'database', 'redis'],
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
  expect(orderOf(app)).toEqual(['http server', 'database', 'redis']);
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
  expect(orderOf(app)).toEqual(['http server', 'database', 'redis']);
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

test('a faulty environment ends it with 1 and all faults on stderr, before anything is opened', async () => {
  const app = await start({ PORT: 'x', DATABASE_POOL_MAX: '-1' });
  expect(await app.ended).toBe(1);
  expect(app.stderr()).toMatch(/PORT: got .*\n.*DATABASE_POOL_MAX: got /);
  expect(app.log).toEqual([]);
});

test('without a usable plan of what is monitored it ends with 1 and the reason, before anything is opened', async () => {
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

/** A shutdown of no process: `exits` and `log` say what it would have done. */
function shutdownOf({ deadlineMs = 10_000 } = {}) {
  const log: LogLine[] = [];
  const logger = pino(
    { base: null, formatters: { level: (level) => ({ level }) } },
    { write: (line) => log.push(JSON.parse(line) as LogLine) },
  );
  const exits: number[] = [];
  let exited = (): void => undefined;
  const ended = new Promise<void>((resolve) => (exited = resolve));
  const shutdown: Shutdown = createShutdown({
    drainDelayMs: 0,
    deadlineMs,
    logger,
    exit: (code) => (exits.push(code), exited()),
  });
  return { shutdown, log, exits, ended };
}

/** Something whose closing takes until `finish`. */
function openSlow() {
  let finish = (): void => undefined;
  let began = (): void => undefined;
  const closing = new Promise<void>((resolve) => (began = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  return { closing, finish, close: () => (began(), finished), busyWith: () => ['GET /slow'] };
}

test('what cannot be closed does not keep the others open, and makes the exit code 1', async () => {
  const { shutdown, log, exits, ended } = shutdownOf();
  shutdown.register('first', () => Promise.resolve());
  shutdown.register('second', () => Promise.reject(new Error('stuck')));
  shutdown.register('third', { close: () => Promise.resolve() });
  shutdown.begin('SIGTERM', 0);
  await ended;
  expect(exits).toEqual([1]);
  expect(log.flatMap(({ closed, closer }) => closed ?? closer ?? [])).toEqual([
    'third',
    'second',
    'first',
  ]);
});

test('an error on the way makes the exit code 1, and what is under way is still closed', async () => {
  const { shutdown, log, exits, ended } = shutdownOf();
  const slow = openSlow();
  shutdown.register('first', () => Promise.resolve());
  shutdown.register('slow', slow);
  shutdown.begin('SIGTERM', 0);
  await slow.closing;
  shutdown.begin('uncaughtException', 1);
  expect(exits).toEqual([]);
  slow.finish();
  await ended;
  expect(exits).toEqual([1]);
  expect(log.flatMap(({ closed }) => closed ?? [])).toEqual(['slow', 'first']);
});

test('the first signal after an error waits for the end that is under way; the second one does not', async () => {
  const { shutdown, exits, ended } = shutdownOf();
  const slow = openSlow();
  shutdown.register('slow', slow);
  shutdown.begin('uncaughtException', 1);
  await slow.closing;
  shutdown.begin('SIGTERM', 0);
  expect(exits).toEqual([]);
  shutdown.begin('SIGTERM', 0);
  expect(exits).toEqual([1]);
  slow.finish();
  await ended;
});

test('when the deadline passes it says what the open thing waits for', async () => {
  const { shutdown, log, exits, ended } = shutdownOf({ deadlineMs: 20 });
  shutdown.register('first', () => Promise.resolve());
  shutdown.register('slow', openSlow());
  shutdown.begin('SIGTERM', 0);
  await ended;
  expect(exits).toEqual([1]);
  expect(log.at(-1)).toMatchObject({
    level: 'fatal',
    msg: 'shutdown deadline passed, still open: slow, first',
    waitingFor: ['GET /slow'],
  });
});
