import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type AlertsBody, healthSchema } from '../app/src/monitoring/bodies/body-schemas.ts';
import type { PoolerCounts, ProcessUse } from '../app/src/monitoring/readings/readings.ts';
import { consoleCommandAt, readRows } from '../infra/running/console.ts';
import { isFailed, whileBursting } from './burst-load.ts';
import { sendCancelRequest } from './cancel-request.ts';
import { dockerOutput } from './docker.ts';
import { AdminRoutes } from './environment/admin-routes.ts';
import { readPreview } from './environment/preview-report.ts';
import { openTestStack, type TestStack } from './test-stack.ts';
import { until } from './until.ts';

/** The processes by the names of their containers, each with the directory of its socket. */
const PROCESSES = [
  ['pgbouncer', '/run/pgbouncer'],
  ['pgbouncer-2', '/run/pgbouncer/2'],
] as const;
const TWO = { processes: 2, poolSize: 10 };
/** Each client connection lives 20 s at the most, so that the spread is even again by then. */
const SPREAD_WITHIN_MS = 40_000;
let stack: TestStack;
let admin: AdminRoutes;

// One environment for all that follows: a test goes on where the one before it has stopped.
beforeAll(async () => {
  stack = await openTestStack('processes');
}, 120_000);

afterAll(() => stack.close(), 120_000);

test('one process becomes two without a change of the first, as previewed', async () => {
  stack.configure({ app: { poolMax: 6 }, pooler: { poolSize: 10 } });
  await stack.mustRun('up');
  const before = await stack.containers();
  stack.configure({ app: { poolMax: 6 }, pooler: TWO });
  const { report } = await readPreview(stack);
  expect(report.resources?.created).toEqual(['Container pgbouncer-2']);
  expect(report.resources?.replaced).not.toContain('Container pgbouncer');
  expect(report.interruptions?.map(({ service }) => service)).toEqual(['app']);
  expect(report.changes).toContainEqual(
    expect.objectContaining({ key: 'processes of PgBouncer', before: '1', after: '2' }),
  );
  expect(await stack.mustRun('up')).toContain('SHOW CONFIG equals the plan in each of 2 processes');
  const after = await stack.containers();
  const first = stack.containerName('pgbouncer');
  expect(after.get(first)).toBe(before.get(first));
  expect(await stack.mustRun('up')).toMatch(/Resources:\n +\d+ unchanged\n/);
  const { adminToken } = await stack.readOutputs();
  admin = new AdminRoutes(stack.appPort, adminToken);
  await admin.untilHealthy();
}, 600_000);

test('both serve the app, whose connections are spread evenly', async () => {
  await whileBursting(stack.appUrl, untilSpread);
}, 120_000);

test('the monitoring adds up what the consoles show', async () => {
  await whileBursting(stack.appUrl, async () => {
    await untilSpread();
    const { read, shown } = await until(readBoth, ({ read: [one, other], shown }) =>
      isDeepStrictEqual([one?.clients.total, other?.clients.total], shown),
    );
    expect(shown.every((clients) => clients >= 3)).toBe(true);
    const before = await untilQueried(20);
    // Older readings are not given any more.
    await sleep(1_100);
    const { layers } = healthSchema.parse(await (await admin.ask('/connections/health')).json());
    const after = await untilQueried(20);
    expect(layers.pgbouncer).toMatchObject({
      clients: { max: 200 },
      servers: { poolSize: 20, max: 30 },
      processes: { all: 2, silent: [] },
    });
    expect(read.map(({ servers }) => servers.poolSize)).toEqual([10, 10]);
    const { totals } = layers.pgbouncer as PoolerCounts;
    expect(totals.queries).toBeGreaterThanOrEqual(before);
    expect(totals.queries).toBeLessThanOrEqual(after);
  });
}, 120_000);

test('a cancel request that reaches the other process ends the query', async () => {
  const [first, second] = await Promise.all(PROCESSES.map(([name]) => addressOf(name)));
  const { app } = stack.credentials();
  const client = new pg.Client({
    host: first,
    port: 6_432,
    user: app.name,
    password: app.password,
    database: 'spywatcher',
  });
  await client.connect();
  try {
    const began = performance.now();
    const outcome = client.query('select pg_sleep(7)').catch((error: unknown) => error);
    await sleep(500);
    const { processID, secretKey } = client as unknown as Readonly<
      Record<'processID' | 'secretKey', number>
    >;
    await sendCancelRequest({ host: second ?? '', port: 6_432 }, { processID, secretKey });
    expect(await outcome).toMatchObject({ code: '57014' });
    expect(performance.now() - began).toBeLessThan(5_000);
  } finally {
    await client.end();
  }
}, 60_000);

test('a reload reaches both and ends no connection', async () => {
  const before = await stack.containers();
  const outcomes = await whileBursting(stack.appUrl, async () => {
    stack.configure({ app: { poolMax: 6 }, pooler: { ...TWO, poolSize: 11 } });
    await stack.mustRun('up');
  });
  expect(outcomes.filter(isFailed)).toEqual([]);
  const after = await stack.containers();
  for (const process of PROCESSES) {
    const name = stack.containerName(process[0]);
    expect(after.get(name)).toBe(before.get(name));
    const sizes = new Map(rowsOf(await consoleOf(process, 'SHOW CONFIG')));
    expect(sizes.get('default_pool_size')).toBe('11');
  }
}, 600_000);

test.each(PROCESSES)(
  'while %s is down requests go on, and an alert names it; it serves again when it is back',
  async (...[name]) => {
    const container = stack.containerName(name);
    const number = PROCESSES.findIndex(([other]) => other === name) + 1;
    const isToldOf = ({ alerts }: AlertsBody): boolean =>
      alerts.some((text) => text.includes(`process ${number} of 2 does not answer`));
    const all = await whileBursting(stack.appUrl, async (outcomes) => {
      await untilSpread();
      await until(
        () => admin.readAlerts(),
        ({ count }) => count === 0,
      );
      await dockerOutput('kill', '--signal', 'KILL', container);
      const killedAtMs = Date.now();
      await until(() => admin.readAlerts(), isToldOf, { timeoutMs: 30_000 });
      const meanwhile = outcomes.filter(({ startedAtMs }) => startedAtMs > killedAtMs + 100);
      expect(meanwhile.length).toBeGreaterThan(100);
      expect(meanwhile.filter(isFailed)).toEqual([]);
      expect((await admin.ask('/connections/health')).status).toBe(200);
      await dockerOutput('start', container);
      await untilSpread();
    });
    // Those that were under way on a connection of its own.
    expect(all.filter(isFailed).length).toBeLessThanOrEqual(3);
  },
  180_000,
);

test('a change that restarts them replaces one after the other, and requests go on', async () => {
  const before = await stack.containers();
  stack.configure({ app: { poolMax: 6 }, pooler: { ...TWO, settings: { listen_backlog: 2_048 } } });
  const { report } = await readPreview(stack);
  expect(report.interruptions).toMatchObject([{ service: 'PgBouncer', away: 'in turn' }]);
  const outcomes = await whileBursting(stack.appUrl, () => stack.mustRun('up'));
  const after = await stack.containers();
  for (const [process] of PROCESSES) {
    const name = stack.containerName(process);
    expect(after.get(name)).not.toBe(before.get(name));
  }
  expect(outcomes.length).toBeGreaterThan(300);
  expect(outcomes.filter(isFailed)).toEqual([]);
}, 600_000);

test('back to one process the second is gone, with its file', async () => {
  stack.configure({ app: { poolMax: 6 }, pooler: { poolSize: 10 } });
  await stack.mustRun('up');
  expect((await stack.containers()).has(stack.containerName('pgbouncer-2'))).toBe(false);
  expect(await consoleOf(PROCESSES[0], 'SHOW PEERS')).toEqual('');
  expect((await fetch(`${stack.appUrl}/readyz`)).status).toBe(200);
}, 600_000);

/** Client connections of each process: as the monitoring reads them, as its console shows them. */
async function readBoth(): Promise<{
  readonly read: readonly ProcessUse[];
  readonly shown: readonly number[];
}> {
  const { layers } = healthSchema.parse(await (await admin.ask('/connections/health')).json());
  const shown = await Promise.all(
    PROCESSES.map(async (process) => {
      const lists = new Map(rowsOf(await consoleOf(process, 'SHOW LISTS')));
      // This very console is one of them.
      return Number(lists.get('used_clients')) - 1;
    }),
  );
  const { pgbouncer } = layers;
  const each = pgbouncer.state === 'up' ? pgbouncer.processes?.each : undefined;
  return { read: each ?? [], shown };
}

/** Waits until each process has passed on that many queries, and gives the sum. */
async function untilQueried(count: number): Promise<number> {
  const queries = await until(
    () => Promise.all(PROCESSES.map(countQueries)),
    (each) => each.every((passed) => passed > count),
  );
  return queries.reduce((sum, passed) => sum + passed, 0);
}

/** Queries of the app that a process has passed on. */
async function countQueries(process: (typeof PROCESSES)[number]): Promise<number> {
  const [names = [], ...rows] = readRows(await consoleOf(process, 'SHOW STATS', []));
  const row = rows.find(([database]) => database === 'spywatcher') ?? [];
  return Number(row[names.indexOf('total_query_count')]);
}

const consoleOf = (
  [name, directory]: (typeof PROCESSES)[number],
  command: string,
  flags: readonly string[] = ['--tuples-only'],
) =>
  dockerOutput(
    'exec',
    stack.containerName(name),
    ...consoleCommandAt(directory, command, '--no-align', ...flags, '--field-separator', '\u001f'),
  );

const rowsOf = (output: string): [string, string][] =>
  readRows(output).map(([key = '', value = '']) => [key, value]);

/** Waits until each process has half of the app's connections. */
const untilSpread = (): Promise<unknown> =>
  until(
    () =>
      Promise.all(
        PROCESSES.map(async (process) => {
          const clients = readRows(await consoleOf(process, 'SHOW CLIENTS'));
          return clients.filter((row) => row.includes('spywatcher')).length;
        }),
      ),
    ([one = 0, other = 0]) => one >= 2 && other >= 2 && Math.abs(one - other) <= 1,
    { timeoutMs: SPREAD_WITHIN_MS },
  );

const addressOf = async (name: string): Promise<string> =>
  dockerOutput(
    'inspect',
    '--format',
    `{{(index .NetworkSettings.Networks "${stack.containerName('internal')}").IPAddress}}`,
    stack.containerName(name),
  );
