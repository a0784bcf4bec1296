import { expect, test } from '@jest/globals';
import {
  appSaturated,
  idle,
  plan,
  poolerDown,
  poolerSaturated,
  postgresDown,
  postgresSaturated,
  redisDown,
  secondProcessFull,
} from '../testing/observations.ts';
import type { Layers } from '../readings/readings.ts';
import { diagnose } from './diagnose.ts';

test('with nothing waiting it is ok, and says which layer is the fullest', () => {
  expect(diagnose(idle, plan)).toMatchObject({
    state: 'ok',
    layer: null,
    summary: 'Nothing waits. The fullest: 1 of 5 client connections of the app in use.',
    remedy: null,
    change: null,
  });
});

test('a full PgBouncer is named with the numbers, and a pool size that the budget allows', () => {
  expect(diagnose(poolerSaturated, plan)).toMatchObject({
    state: 'saturated',
    layer: 'pgbouncer',
    summary:
      'Clients wait 240 ms at PgBouncer: 25 of 25 server connections busy, 31 clients waiting.',
    remedy:
      'Raise pooler.poolSize from 25 to 56; it can rise to 76 within postgres.maxConnections 100.',
    change: { setting: 'pooler.poolSize', from: 25, to: 56 },
  });
});

test('a full process is named, though all of them together have room', () => {
  expect(diagnose(secondProcessFull, plan)).toMatchObject({
    state: 'saturated',
    layer: 'pgbouncer',
    summary:
      'Clients wait 240 ms at PgBouncer process 2 of 3: 25 of 25 server connections busy, ' +
      '31 clients waiting.',
    change: { setting: 'pooler.poolSize', from: 25, to: 56 },
  });
});

test('where the budget allows no larger pool, the setting that bounds it is named', () => {
  const tight = { ...plan, room: { ...plan.room, 'pooler.poolSize': 25 } };
  expect(diagnose(poolerSaturated, tight)).toMatchObject({
    remedy:
      'pooler.poolSize 25 is all that postgres.maxConnections 100 allows. Raise ' +
      'postgres.maxConnections from 100 to 150; it can rise to 250 within ' +
      'postgres.memoryMiB.',
    change: { setting: 'postgres.maxConnections', from: 100, to: 150 },
  });
  const full = { ...tight, room: { ...tight.room, 'postgres.maxConnections': 100 } };
  expect(diagnose(poolerSaturated, full)).toMatchObject({
    layer: 'pgbouncer',
    change: null,
    remedy: expect.stringContaining('all that postgres.memoryMiB allows') as unknown,
  });
});

test('a server that is not ours is raised where it runs, and the setting after it', () => {
  const outside = {
    ...plan,
    postgres: { ...plan.postgres, isExternal: true as const },
    room: { ...plan.room, 'pooler.poolSize': 25, 'postgres.maxConnections': 100 },
  };
  expect(diagnose(poolerSaturated, outside)).toMatchObject({
    change: null,
    remedy:
      'pooler.poolSize 25 is all that postgres.maxConnections 100 allows. ' +
      'postgres.maxConnections 100 is all that max_connections of the external server ' +
      'allows. Raise that first, then the setting.',
  });
});

test('a wait that ends at once is no bottleneck', () => {
  expect(diagnose(withPooler({ maxWaitMs: 20 }), plan)).toMatchObject({ layer: 'app' });
});

test('transactions that idle are named before a larger pool is', () => {
  const { postgres } = poolerSaturated;
  if (postgres.state !== 'up') throw new Error('not up');
  const idling: Layers = {
    ...poolerSaturated,
    postgres: {
      ...postgres,
      connections: { ...postgres.connections, active: 5, idleInTransaction: 20 },
    },
  };
  expect(diagnose(idling, plan).remedy).toMatch(
    /^20 of them are idle in a transaction: find what keeps it open .*\. Raise pooler\.poolSize/,
  );
});

test('Postgres is named when others hold its connections, whoever waits before it', () => {
  expect(diagnose(postgresSaturated, plan)).toMatchObject({
    state: 'saturated',
    layer: 'postgres',
    summary: 'Postgres is out of connections: 87 of 87 are taken, 4 of them by the app.',
    remedy: expect.stringMatching(
      /^83 of them are not the app's: end those first .* postgres\.maxConnections from 100 to 187/,
    ) as unknown,
  });
});

test('when most of the busy connections wait for a lock, no setting is named', () => {
  const { postgres } = poolerSaturated;
  const locked: Layers = {
    ...poolerSaturated,
    postgres: { ...postgres, lockWaits: 24, longestTransactionMs: 8_000 } as Layers['postgres'],
  };
  expect(diagnose(locked, plan)).toMatchObject({
    layer: 'postgres',
    summary:
      '24 of 25 busy connections at Postgres wait for a lock; ' +
      'the longest transaction is 8.0 s old.',
    change: null,
  });
});

test('clients wait with server connections to spare: Postgres delays PgBouncer', () => {
  const verdict = diagnose(
    withPooler({
      maxWaitMs: 2_000,
      servers: { active: 0, idle: 0, used: 0, login: 1, total: 1, poolSize: 25, max: 30 },
    }),
    plan,
  );
  expect(verdict).toMatchObject({
    layer: 'pgbouncer',
    change: null,
    summary: expect.stringContaining('though it has only 1 of 25 server connections') as unknown,
  });
});

test('a PgBouncer that is about to refuse clients is named before it does', () => {
  const verdict = diagnose(
    withPooler({ maxWaitMs: 0, clients: { active: 95, waiting: 0, total: 96, max: 100 } }),
    plan,
  );
  expect(verdict).toMatchObject({
    layer: 'pgbouncer',
    change: { setting: 'pooler.maxClientConn', from: 100, to: 196 },
  });
});

test("the app's own pool is named only while nothing behind it is full", () => {
  expect(diagnose(appSaturated, plan)).toMatchObject({
    layer: 'app',
    summary:
      'Work waits 300 ms inside the app: 5 of 5 client connections busy, 12 waiting for one.',
    change: { setting: 'app.poolMax', from: 5, to: 17 },
  });
});

test('a layer that is down is named; Redis last, since the API goes on without it', () => {
  expect(diagnose(postgresDown, plan)).toMatchObject({
    state: 'down',
    layer: 'postgres',
    summary: 'Postgres cannot be reached.',
  });
  expect(diagnose(poolerDown, plan)).toMatchObject({ state: 'down', layer: 'pgbouncer' });
  expect(diagnose(redisDown, plan)).toMatchObject({
    state: 'down',
    layer: 'redis',
    summary: 'Redis does not answer in time. The API goes on without its cache and its limits.',
  });
  expect(diagnose({ ...appSaturated, redis: redisDown.redis }, plan)).toMatchObject({
    layer: 'app',
  });
});

test('a PgBouncer that is down is named before a Postgres that is full or locked', () => {
  expect(diagnose({ ...postgresSaturated, pgbouncer: poolerDown.pgbouncer }, plan)).toMatchObject({
    state: 'down',
    layer: 'pgbouncer',
  });
  const full = { ...poolerDown.pgbouncer, reason: 'no_slot' } as Layers['pgbouncer'];
  expect(diagnose({ ...postgresSaturated, pgbouncer: full }, plan)).toMatchObject({
    state: 'saturated',
    layer: 'postgres',
  });
  expect(diagnose({ ...idle, pgbouncer: full }, plan)).toMatchObject({
    state: 'saturated',
    layer: 'pgbouncer',
  });
});

test('a Postgres that takes no further connection is full, not down', () => {
  const full: Layers = {
    ...idle,
    postgres: { state: 'down', since: '2026-01-01T00:00:00.000Z', reason: 'no_slot', tookMs: 1 },
  };
  expect(diagnose(full, plan)).toMatchObject({ state: 'saturated', layer: 'postgres' });
});

test('without a pooler the app is measured against Postgres', () => {
  const verdict = diagnose(
    { ...appSaturated, pgbouncer: { state: 'off' } },
    { ...plan, pooler: 'off', room: { ...plan.room, 'app.poolMax': 80 } },
  );
  expect(verdict).toMatchObject({
    layer: 'app',
    remedy: 'Raise app.poolMax from 5 to 17; it can rise to 80 within postgres.maxConnections 100.',
  });
});

function withPooler(changes: object): Layers {
  return { ...poolerSaturated, pgbouncer: { ...poolerSaturated.pgbouncer, ...changes } };
}
