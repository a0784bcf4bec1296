import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { dockerOutput } from './docker.ts';
import { type Death, recordDeaths } from './docker-events.ts';
import { openTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let recorder: ReturnType<typeof recordDeaths>;
let postgresLog = '';

const SERVERS = ['app', 'pgbouncer', 'postgres', 'redis'];
const deathsOfServers = (): Death[] =>
  recorder.deaths.filter(({ name }) =>
    SERVERS.some((server) => name === stack.containerName(server)),
  );
const idsOfServers = async (): Promise<(string | undefined)[]> => {
  const containers = await stack.containers();
  return SERVERS.map((server) => containers.get(stack.containerName(server)));
};

beforeAll(async () => {
  stack = await openTestStack('life');
  recorder = recordDeaths(`stack=${stack.name}`);
}, 120_000);

afterAll(async () => {
  recorder.stop();
  await stack.close();
}, 120_000);

test('up ends 0, says where everything is, and the app is ready through PgBouncer', async () => {
  const text = await stack.mustRun('up');
  expect(text).toContain(`${stack.name} is up:`);
  expect(text).toContain('the app is ready through PgBouncer, in transaction mode');
  expect(text).toContain('SHOW CONFIG equals the plan');
  expect((await fetch(`${stack.appUrl}/readyz`)).status).toBe(200);
  followPostgresLog();
}, 600_000);

test('a second up changes nothing, and a plain pulumi up agrees', async () => {
  expect(await stack.mustRun('up')).toMatch(/Resources:\n +\d+ unchanged\n/);
  const { exitCode, stdout } = await stack.pulumi('preview', '--expect-no-changes');
  expect({ exitCode, changes: /\d+ to (create|update|replace|delete)/.exec(stdout)?.[0] }).toEqual({
    exitCode: 0,
    changes: undefined,
  });
}, 300_000);

test('rows written through the API are in Postgres, and went through PgBouncer in transaction mode', async () => {
  for (const userId of ['100000000000000001', '100000000000000002']) {
    const { status } = await postPresence(userId);
    expect(status).toBe(201);
  }
  const rows = await stack.psqlDirect('select user_id from presence_event order by 1');
  expect(rows.split('\n')).toEqual(['100000000000000001', '100000000000000002']);
  const pools = (await stack.console('SHOW POOLS')).map((row) => row.split('|'));
  expect(
    pools.find(([database, user]) => database === 'spywatcher' && user === 'spywatcher'),
  ).toContain('transaction');
  const transactions = (await stack.console('SHOW STATS_TOTALS'))
    .map((row) => row.split('|'))
    .find(([database]) => database === 'spywatcher');
  expect(Number(transactions?.[2])).toBeGreaterThanOrEqual(2);
});

test('a reloadable setting: the preview says reload, no server is replaced, a client that keeps querying sees no error', async () => {
  stack.configure({ pooler: { poolSize: 30 } });
  expect(await stack.mustRun('preview')).toMatch(/^\+default_pool_size = 30 +; reload$/m);
  const before = await idsOfServers();
  const { queries, errors } = await whileQuerying(() => stack.mustRun('up'));
  expect(errors).toEqual([]);
  expect(queries).toBeGreaterThan(100);
  expect(await idsOfServers()).toEqual(before);
  expect(await stack.console('SHOW CONFIG')).toContainEqual(
    expect.stringMatching(/^default_pool_size\|30\|/),
  );
}, 300_000);

test('a restart-only setting: the preview says how many clients it cuts, and PgBouncer alone is replaced', async () => {
  stack.configure({ pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } } });
  expect(await stack.mustRun('preview')).toMatch(
    /^\+listen_backlog = 2048 +; restart, about 8 clients$/m,
  );
  const [app, pgbouncer, postgres, redis] = await idsOfServers();
  await stack.mustRun('up');
  const after = await idsOfServers();
  expect(after).toEqual([app, expect.not.stringMatching(pgbouncer ?? '^$'), postgres, redis]);
  expect((await postPresence('100000000000000003')).status).toBe(201);
}, 300_000);

test('without a pooler the app talks straight to Postgres, and with it again through PgBouncer', async () => {
  stack.configure({ pooler: { enabled: false } });
  expect(await stack.mustRun('up')).toContain(
    'straight against Postgres (pooler.enabled is false)',
  );
  expect((await stack.containers()).has(stack.containerName('pgbouncer'))).toBe(false);
  expect((await postPresence('100000000000000004')).status).toBe(201);
  stack.configure();
  expect(await stack.mustRun('up')).toContain('the app is ready through PgBouncer');
}, 600_000);

test('down stops every server by its own signal and leaves nothing', async () => {
  await stack.mustRun('down');
  expect(await stack.containers()).toEqual(new Map());
  const left = await dockerOutput(
    'volume',
    'ls',
    '--quiet',
    '--filter',
    `label=stack=${stack.name}`,
  );
  const networks = await dockerOutput(
    'network',
    'ls',
    '--quiet',
    '--filter',
    `label=stack=${stack.name}`,
  );
  const images = await dockerOutput(
    'images',
    '--quiet',
    '--filter',
    `reference=spywatcher-${stack.name}/*`,
  );
  expect([left, networks, images]).toEqual(['', '', '']);
  expect(postgresLog).toContain('received fast shutdown request');
  expect(postgresLog).toContain('database system is shut down');
  expect(deathsOfServers().length).toBeGreaterThanOrEqual(SERVERS.length + 2);
  expect(recorder.deaths.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
}, 300_000);

const postPresence = (userId: string): Promise<Response> =>
  fetch(`${stack.appUrl}/api/presence`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId, guildId: '200000000000000001', status: 'online' }),
  });

/** Its last words are gone with the container, so they are kept while it runs. */
function followPostgresLog(): void {
  const child = spawn('docker', ['logs', '--follow', stack.containerName('postgres')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (postgresLog += text));
}

/** Four clients of PgBouncer's published port that query without a pause while something is done. */
async function whileQuerying(
  action: () => Promise<unknown>,
): Promise<{ readonly queries: number; readonly errors: readonly string[] }> {
  const { app } = stack.credentials();
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port: stack.poolerPort,
    user: app.name,
    password: app.password,
    database: 'spywatcher',
    max: 4,
  });
  const errors: string[] = [];
  pool.on('error', (error) => errors.push(error.message));
  let queries = 0;
  let isOver = false;
  const loop = async (): Promise<void> => {
    while (!isOver)
      await pool.query('select pg_sleep(0.005)').then(
        () => (queries += 1),
        (error: Error) => errors.push(error.message),
      );
  };
  const loops = [loop(), loop(), loop(), loop()];
  try {
    await action();
  } finally {
    isOver = true;
    await Promise.all(loops);
    await pool.end();
  }
  return { queries, errors };
}
