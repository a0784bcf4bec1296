import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  errorSchema,
  healthSchema,
  slowQueriesSchema,
} from '../app/src/monitoring/bodies/body-schemas.ts';
import { dockerOutput, openDockerScope, untilHealth } from './docker.ts';
import { askAdmin, openLiveEnvironment, type LiveApp, type LiveEnvironment } from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { preparationOf } from './pooled-database.ts';

const scope = openDockerScope('slow-queries');

let live: LiveEnvironment;
let app: LiveApp;

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials, {
    leftToImage: ['shared_preload_libraries'],
  });
  app = await live.startApp();
}, 300_000);
afterAll(() => scope.close(), 60_000);

const ask = async (parameters = '') => {
  const { status, body } = await askAdmin(app, `/database/slow-queries${parameters}`);
  expect(status).toBe(200);
  return slowQueriesSchema.parse(body);
};

test('a slow statement is listed once, with the numbers of pg_stat_statements', async () => {
  await live.askPooled(`SELECT pg_sleep(0.3), 'canary-1'`, credentials.app);
  await live.askPooled(`SELECT pg_sleep(0.5), 'canary-2'`, credentials.app);
  const { queries, count, filter, since } = await ask('?minMs=200&sort=max');
  const [row = ''] = (
    await live.ask(
      'SELECT calls, total_exec_time, mean_exec_time, max_exec_time, rows FROM ' +
        `monitoring.pg_stat_statements WHERE query LIKE 'SELECT pg_sleep%'`,
    )
  ).split('\n');
  const [calls, totalMs, meanMs, maxMs, rows] = row.split('|').map(Number);
  expect(queries).toEqual([
    { query: 'SELECT pg_sleep($1), $2', calls, totalMs, meanMs, maxMs, rows },
  ]);
  expect({ calls, count, filter }).toEqual({
    calls: 2,
    count: 1,
    filter: { limit: 20, minMs: 200, sort: 'max' },
  });
  expect(new Date(since ?? NaN).getTime()).toBeLessThan(Date.now());
}, 60_000);

test('each sort puts its own first, the limit cuts, the plan is the default', async () => {
  await live.askPooled(`SELECT count(*) FROM generate_series(1, 100)`, credentials.app);
  for (const [sort, key] of Object.entries({
    mean: 'meanMs',
    total: 'totalMs',
    max: 'maxMs',
    calls: 'calls',
  } as const)) {
    const { queries } = await ask(`?minMs=0&limit=100&sort=${sort}`);
    expect(queries.length).toBeGreaterThan(5);
    const values = queries.map((query) => query[key as 'meanMs']);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  }
  expect((await ask('?minMs=0&limit=2')).queries).toHaveLength(2);
  expect(await ask()).toMatchObject({
    queries: [],
    filter: { limit: 20, minMs: 1_000, sort: 'mean' },
  });
  await app.replacePlan({ ...app.plan, slowQueryMs: 250 });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await ask()).toMatchObject({ count: 1, filter: { minMs: 250 } });
}, 60_000);

test('statements with constants or of other databases are not shown', async () => {
  await live.ask(
    `ALTER ROLE ${credentials.owner.name} SET application_name = 'canary-role'; DO ` +
      `$$ BEGIN PERFORM 'canary-block'; END $$`,
  );
  await dockerOutput(
    'exec',
    '--env',
    `PGPASSWORD=${credentials.superuser.password}`,
    live.postgres,
    'psql',
    '-h',
    '/run/postgresql',
    '-U',
    'postgres',
    '-c',
    'SELECT 1 AS of_another_database',
  );
  const text = JSON.stringify(await ask('?minMs=0&limit=100&sort=calls'));
  expect(
    await live.ask(
      `SELECT count(*) > 0 FROM monitoring.pg_stat_statements WHERE query LIKE '%canary-role%'`,
    ),
  ).toBe('t');
  expect(
    await live.ask(
      'SELECT count(*) > 0 FROM monitoring.pg_stat_statements WHERE query LIKE ' +
        `'%of_another_database%'`,
    ),
  ).toBe('t');
  expect(text).not.toMatch(/canary|ALTER ROLE|DO \$|of_another_database/);
}, 60_000);

test.each([
  [
    'the extension',
    () => live.ask('DROP EXTENSION pg_stat_statements'),
    () => live.prepare(preparationOf(credentials)),
  ],
  [
    'the preload',
    () => restartWith('SET shared_preload_libraries = auto_explain'),
    () => restartWith('RESET shared_preload_libraries'),
  ],
])(
  'without %s it is 503 with the remedy until it is back; the layer is read',
  async (_what, take, giveBack) => {
    await take();
    // With a limit of its own: the answer to another question may still be the cached one of a
    // second ago.
    const { status, headers, body } = await askAdmin(app, '/database/slow-queries?minMs=0&limit=7');
    expect(status).toBe(503);
    expect(headers.get('retry-after')).not.toBeNull();
    const { code, message } = errorSchema.parse(body).error;
    expect(code).toBe('statistics_unavailable');
    expect(message).toMatch(/pg_stat_statements.*npm run up.*shared_preload_libraries/);
    expect(healthSchema.parse((await askAdmin(app, '/connections/health')).body)).toMatchObject({
      layers: { postgres: { state: 'up' } },
    });
    await giveBack();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await ask('?minMs=0')).count).toBeGreaterThan(0);
  },
  120_000,
);

async function restartWith(change: string): Promise<void> {
  await live.ask(`ALTER SYSTEM ${change}`);
  await dockerOutput('restart', live.postgres);
  await untilHealth(live.postgres, 'healthy');
}

test('with the server down it is 503 at once, and answers again when it is back', async () => {
  await dockerOutput('stop', live.postgres);
  const { status, body, tookMs } = await askAdmin(app, '/database/slow-queries?minMs=1');
  expect({ status, body }).toMatchObject({
    status: 503,
    body: { error: { code: 'statistics_unavailable', message: 'The database does not answer.' } },
  });
  expect(tookMs).toBeLessThan(4_000);
  await dockerOutput('start', live.postgres);
  await untilHealth(live.postgres, 'healthy');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await ask('?minMs=1');
}, 60_000);
