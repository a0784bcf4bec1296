import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOutput, inspect, logsOf, openDockerScope, untilHealth } from './docker.ts';
import { startLoad, type LoadRequest, type Outcome } from './keep-alive-load.ts';
import {
  ask,
  askAdmin,
  openLiveEnvironment,
  report,
  type LiveApp,
  type LiveEnvironment,
} from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { until } from './until.ts';

const REQUEST_TIMEOUT_MS = 8_000;
/** Of a busy machine, on top of a deadline. */
const SLACK_MS = 2_000;
const scope = openDockerScope('faults');

let live: LiveEnvironment;
let app: LiveApp;
let processId: string;

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials, {
    app: { requestTimeoutSeconds: REQUEST_TIMEOUT_MS / 1_000 },
    pooler: { queryWaitTimeoutSeconds: 3 },
  });
  app = await live.startApp();
  processId = await inspect(app.id, '{{.State.Pid}}');
}, 300_000);
afterAll(() => scope.close(), 60_000);

/** A write of a user of its own, or a read. */
const readOrWrite = (count: number): LoadRequest =>
  count % 2 === 0
    ? { method: 'GET', path: '/api/guilds/7/online' }
    : {
        method: 'POST',
        path: '/api/presence',
        body: { userId: `${1_000_000 + count}`, guildId: '7', status: 'online' },
      };

describeFault('pgbouncer', 'database');
describeFault('postgres', 'database');
describeFault('redis', 'nothing');

/** @param lost what the callers miss meanwhile: without Redis the app is slower, not wrong. */
function describeFault(
  layer: 'pgbouncer' | 'postgres' | 'redis',
  lost: 'database' | 'nothing',
): void {
  test(`${layer} killed under load: named, in time, no write lost, recovered`, async () => {
    const load = startLoad({
      url: app.url,
      clients: 50,
      everyMs: 500,
      next: readOrWrite,
      whenSentAway: 'reconnect',
    });
    await sleep(2_000);
    await dockerOutput('kill', live[layer]);
    await expectDown(layer);
    await sleep(4_000);
    await dockerOutput('start', live[layer]);
    await untilHealth(live[layer], 'healthy');
    await untilRecovered();
    const recoveredAtMs = Date.now();
    await sleep(3_000);
    const outcomes = await load.stop();

    expect(outcomes.flatMap(({ fault }) => fault ?? [])).toEqual([]);
    const refused = outcomes.filter(({ answer }) => ![200, 201].includes(answer?.status ?? 0));
    expect(
      refused.filter(
        ({ answer }) =>
          lost === 'nothing' || answer?.status !== 503 || answer.retryAfter === undefined,
      ),
    ).toEqual([]);
    expect(refused.length > 0).toBe(lost === 'database');
    expect(refused.filter(({ startedAtMs }) => startedAtMs > recoveredAtMs)).toEqual([]);
    expect(
      outcomes.filter(({ startedAtMs }) => startedAtMs > recoveredAtMs).length,
    ).toBeGreaterThan(50);
    expect(Math.max(...outcomes.map(({ tookMs }) => tookMs))).toBeLessThan(
      REQUEST_TIMEOUT_MS + SLACK_MS,
    );
    await expectStored(outcomes);
    await expectSameProcess();
  }, 180_000);
}

test('a database that hangs is 503 within the deadline until it recovers', async () => {
  await dockerOutput('pause', live.postgres);
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => ask(app, '/api/guilds/7/online')),
  );
  for (const { status, tookMs } of answers) {
    expect(status).toBe(503);
    expect(tookMs).toBeLessThan(REQUEST_TIMEOUT_MS + SLACK_MS);
  }
  await dockerOutput('unpause', live.postgres);
  await untilRecovered();
  expect((await report(app, { userId: '61', guildId: '7', status: 'idle' })).status).toBe(201);
  await expectSameProcess();
}, 120_000);

/** Until the health body says 503; then that layer, and no other, must be the one that is down. */
async function expectDown(layer: 'pgbouncer' | 'postgres' | 'redis'): Promise<void> {
  const { body } = await until(
    () => askAdmin(app, '/connections/health'),
    ({ status }) => status === 503,
  );
  const { healthy, verdict, layers } = body as {
    healthy: boolean;
    verdict: object;
    layers: Record<string, { state?: string }>;
  };
  const down = Object.keys(layers).filter((name) => layers[name]?.state === 'down');
  expect({ healthy, down, verdict }).toEqual({
    healthy: false,
    down: [layer],
    verdict: expect.objectContaining({ state: 'down', layer }) as unknown,
  });
}

/** Until every layer answers, also through PgBouncer. */
async function untilRecovered(): Promise<void> {
  await until(
    () => Promise.all([askAdmin(app, '/connections/health'), ask(app, '/readyz')]),
    (answers) => answers.every(({ status }) => status === 200),
  );
}

/** Each write that was answered with 201 is a row of the server. */
async function expectStored(outcomes: readonly Outcome[]): Promise<void> {
  const ids = outcomes.flatMap(({ answer }) =>
    answer?.status === 201 ? [(answer.body as { event: { id: string } }).event.id] : [],
  );
  expect(ids.length).toBeGreaterThan(100);
  expect(new Set(ids).size).toBe(ids.length);
  const stored = new Set(
    (await live.ask(`SELECT id FROM presence_event WHERE id IN (${ids.join(', ')})`)).split('\n'),
  );
  expect(ids.filter((id) => !stored.has(id))).toEqual([]);
}

async function expectSameProcess(): Promise<void> {
  expect(await inspect(app.id, '{{.State.Pid}} {{.RestartCount}} {{.State.Running}}')).toBe(
    `${processId} 0 true`,
  );
  const levels = (await logsOf(app.id))
    .split('\n')
    .flatMap((line) =>
      line.startsWith('{') ? [JSON.parse(line) as { level: string; msg: string }] : [],
    );
  expect(
    levels.filter(
      ({ level, msg }) => level === 'fatal' || /uncaughtException|unhandledRejection/.test(msg),
    ),
  ).toEqual([]);
}
