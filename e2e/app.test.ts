import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerOutput, inspect, logsOf, openDockerScope, untilHealth } from './docker.ts';
import {
  ask,
  openLiveEnvironment,
  report,
  type LiveApp,
  type LiveEnvironment,
} from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { until } from './until.ts';

const scope = openDockerScope('app');
const user = credentials.app;

let live: LiveEnvironment;
let app: LiveApp;

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials);
  app = await live.startApp();
}, 300_000);
afterAll(() => scope.close(), 60_000);

test('a row written through the API went through PgBouncer in transaction mode', async () => {
  const { status, body } = await report(app, {
    userId: '11',
    guildId: '1',
    status: 'dnd',
    at: '2026-01-01T00:00:00Z',
  });
  expect({ status, body }).toEqual({
    status: 201,
    body: {
      event: {
        id: expect.any(String) as unknown,
        userId: '11',
        guildId: '1',
        status: 'dnd',
        at: '2026-01-01T00:00:00.000Z',
      },
    },
  });
  expect(
    await live.ask(`SELECT user_id, guild_id, status FROM presence_event WHERE user_id = '11'`),
  ).toBe('11|1|dnd');
  expect(await live.console('SHOW POOLS')).toMatch(/^spywatcher\|spywatcher\|.*\|transaction/m);
});

test('another search path on every server connection takes no table away', async () => {
  const poison = () => live.askPooled('SET search_path = nowhere; SELECT pg_sleep(2)', user);
  await Promise.all(Array.from({ length: live.plan.settings.pooler.poolSize }, poison));
  expect((await report(app, { userId: '14', guildId: '14', status: 'online' })).status).toBe(201);
  for (const path of ['/api/guilds/14/online', '/api/presence/14'])
    expect((await ask(app, path)).status).toBe(200);
  expect(await live.askPooled('SHOW search_path', user)).toBe('nowhere');
});

test('requests with one Idempotency-Key store one row; another body is refused', async () => {
  const body = { userId: '12', guildId: '1', status: 'online' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => report(app, body, 'key-1')));
  expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
  expect(answers[0]?.status).toBe(201);
  expect(
    answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true'),
  ).toHaveLength(19);
  expect(await live.ask(`SELECT count(*) FROM presence_event WHERE user_id = '12'`)).toBe('1');
  expect(await report(app, { ...body, status: 'idle' }, 'key-1')).toMatchObject({
    status: 422,
    body: { error: { code: 'idempotency_key_reused' } },
  });
});

test('a report that arrives late is an event, not the latest state', async () => {
  await report(app, { userId: '13', guildId: '3', status: 'idle', at: '2026-02-02T00:00:00Z' });
  await report(app, { userId: '13', guildId: '3', status: 'online', at: '2026-02-01T00:00:00Z' });
  await report(app, { userId: '13', guildId: '4', status: 'dnd', at: '2026-02-03T00:00:00Z' });
  expect((await ask(app, '/api/presence/13')).body).toMatchObject({
    latest: { guildId: '4', status: 'dnd', at: '2026-02-03T00:00:00.000Z' },
    guilds: [{ guildId: '4' }, { guildId: '3', status: 'idle', at: '2026-02-02T00:00:00.000Z' }],
    events: [{ status: 'dnd' }, { status: 'idle' }, { status: 'online' }],
  });
});

test('a guild counts everyone who is not offline, each by the latest state', async () => {
  for (const [userId, status] of Object.entries({
    21: 'online',
    22: 'idle',
    23: 'dnd',
    24: 'offline',
  }))
    await report(app, { userId, guildId: '5', status });
  expect((await ask(app, '/api/guilds/5/online')).body).toEqual({
    guildId: '5',
    online: 3,
    byStatus: { online: 1, idle: 1, dnd: 1 },
  });
  await report(app, { userId: '21', guildId: '5', status: 'offline' });
  expect((await ask(app, '/api/guilds/5/online')).body).toMatchObject({ online: 2 });
});

test('a user is cached, and a report is seen by the very next read', async () => {
  await report(app, { userId: '31', guildId: '1', status: 'online' });
  await sleep(2_100);
  await ask(app, '/api/presence/31');
  await live.ask(`UPDATE presence SET status = 'offline' WHERE user_id = '31'`);
  expect((await ask(app, '/api/presence/31')).body).toMatchObject({ latest: { status: 'online' } });
  await report(app, { userId: '31', guildId: '1', status: 'dnd' });
  expect((await ask(app, '/api/presence/31')).body).toMatchObject({ latest: { status: 'dnd' } });
});

test('the public limit answers 429, with Redis and without', async () => {
  const limited = await live.startApp({ variables: { PUBLIC_RATE_LIMIT_PER_MINUTE: '3' } });
  const untilRefused = () =>
    until(
      () => ask(limited, '/api/guilds/5/online'),
      ({ status }) => status === 429,
    );
  const refused = await untilRefused();
  expect(refused.body).toMatchObject({ error: { code: 'rate_limited' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await dockerOutput('stop', limited.id);

  await dockerOutput('stop', live.redis);
  const alone = await live.startApp({ variables: { PUBLIC_RATE_LIMIT_PER_MINUTE: '3' } });
  expect((await ask(alone, '/api/guilds/5/online')).status).toBe(200);
  const { status } = await until(
    () => ask(alone, '/api/guilds/5/online'),
    (answer) => answer.status === 429,
  );
  expect(status).toBe(429);
  await dockerOutput('stop', alone.id);
  await dockerOutput('start', live.redis);
  await untilHealth(live.redis, 'healthy');
}, 120_000);

test('without Redis nothing is slow', async () => {
  await report(app, { userId: '40', guildId: '1', status: 'idle' });
  await dockerOutput('pause', live.redis);
  const hung = await Promise.all([
    ask(app, '/api/presence/40'),
    report(app, { userId: '41', guildId: '1', status: 'idle' }),
    ask(app, '/readyz'),
  ]);
  expect(hung.map(({ status }) => status)).toEqual([200, 201, 200]);
  for (const { tookMs } of hung) expect(tookMs).toBeLessThan(2_500);
  await dockerOutput('unpause', live.redis);

  await dockerOutput('stop', live.redis);
  expect((await report(app, { userId: '41', guildId: '1', status: 'dnd' })).status).toBe(201);
  expect((await ask(app, '/api/presence/41')).body).toMatchObject({ latest: { status: 'dnd' } });
  await dockerOutput('start', live.redis);
  await untilHealth(live.redis, 'healthy');
}, 120_000);

test('the image runs as process 1 of a numeric user and shows no secret', async () => {
  expect(await inspect(app.id, '{{.Config.User}} {{.Config.StopSignal}}')).toBe(
    '10001:10001 SIGTERM',
  );
  expect(await dockerOutput('exec', app.id, 'readlink', '/proc/1/exe')).toBe('/app/node');
  const files = await dockerOutput('exec', app.id, 'find', '/app', '-type', 'f');
  expect(
    files
      .split('\n')
      .map((file) => file.replace('/app/', ''))
      .sort(),
  ).toEqual([
    'healthcheck.sh',
    'main.js',
    'migrate.js',
    'migrations/20261101000000_init/migration.sql',
    'migrations/migration_lock.toml',
    'node',
    'package.json',
  ]);
  const shown = `${await dockerOutput('inspect', app.id)}${await logsOf(app.id)}`;
  for (const secret of [user.password, credentials.redisPassword])
    expect(shown).not.toContain(secret);
});
