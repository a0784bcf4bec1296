import { expect, test } from '@jest/globals';
import { measureAlerts } from './alert-measures.ts';
import { createAlertBook, type Alert, type AlertKind } from './alerts.ts';
import type { Layers } from '../readings/readings.ts';
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
import { diagnose } from './diagnose.ts';

const measure = (layers: Layers) => measureAlerts(layers, plan, diagnose(layers, plan));

/** `clockMs` is what the clock on the wall says, which somebody may set. */
const momentOf = (elapsedMs: number, clockMs = elapsedMs) => ({
  at: new Date(clockMs).toISOString(),
  elapsedMs,
});

/** Watches these layers every five seconds and gives the alerts after each look. */
function watch(...looks: readonly Layers[]): (readonly Alert[])[] {
  const book = createAlertBook();
  return looks.map((layers, index) => book.update(measure(layers), momentOf(index * 5_000)));
}

const kindsOf = (alerts: readonly Alert[] | undefined): AlertKind[] =>
  (alerts ?? []).map(({ kind }) => kind);

function withServers(active: number): Layers {
  const { pgbouncer } = idle;
  if (pgbouncer.state !== 'up') throw new Error('not up');
  return {
    ...idle,
    pgbouncer: { ...pgbouncer, servers: { ...pgbouncer.servers, active, poolSize: 100, max: 100 } },
  };
}

test('nothing is raised when all is well', () => {
  expect(watch(idle, idle).flat()).toEqual([]);
});

test('a silent process is a warning that names its container; advice is for each process', () => {
  const [, alerts] = watch(secondProcessFull, secondProcessFull);
  expect(alerts).toContainEqual(
    expect.objectContaining({
      kind: 'down',
      severity: 'warning',
      message: 'PgBouncer process 3 of 3 does not answer; the others serve.',
      remedy:
        'See whether the container pgbouncer-3 runs and what it logged last; ' +
        'the app reconnects by itself.',
    }),
  );
  // 31 clients wait, 16 of them at each of two.
  expect(alerts).toContainEqual(
    expect.objectContaining({
      kind: 'waiting_clients',
      remedy: expect.stringMatching(/^Raise pooler.poolSize from 25 to 41/),
    }),
  );
});

test('a busy moment is no alert; what lasts is, since it began', () => {
  const [first, second, third] = watch(withServers(85), withServers(85), withServers(85));
  expect(first).toEqual([]);
  expect(second).toEqual([
    {
      kind: 'server_connections',
      layer: 'pgbouncer',
      severity: 'warning',
      since: '1970-01-01T00:00:00.000Z',
      message:
        "PgBouncer's server connections are at 85% utilization (85 busy, 100 in the pool, " +
        '100 with the reserve)',
      remedy:
        'Raise pooler.poolSize from 25 to 38; it can rise to 76 within ' +
        'postgres.maxConnections 100.',
    },
  ]);
  expect(third?.[0]?.since).toBe('1970-01-01T00:00:00.000Z');
  expect(watch(withServers(85), idle, withServers(85)).flat()).toEqual([]);
});

test("alerts begin at the plan's thresholds and do not flap around them", () => {
  const severities = watch(...[79, 79, 80, 80, 76, 79, 95, 91, 89, 80].map(withServers)).map(
    (alerts) => alerts[0]?.severity,
  );
  expect(severities).toEqual([
    undefined,
    undefined,
    undefined,
    'warning',
    'warning',
    'warning',
    'critical',
    'critical',
    'warning',
    'warning',
  ]);
});

test('an alert clears ten seconds after it was seen last; a short gap keeps it', () => {
  const looks = watch(withServers(90), withServers(90), idle, withServers(90), idle, idle, idle);
  expect(looks.map((alerts) => alerts.length)).toEqual([0, 1, 1, 1, 1, 0, 0]);
  expect(looks[3]?.[0]?.since).toBe('1970-01-01T00:00:00.000Z');
});

test('a clock that is set back neither keeps an alert nor holds one up', () => {
  const book = createAlertBook();
  const look = (layers: Layers, elapsedMs: number, clockMs: number) =>
    book.update(measure(layers), momentOf(elapsedMs, clockMs));
  look(withServers(90), 0, 7_200_000);
  expect(look(withServers(90), 5_000, 3_600_000)).toMatchObject([
    { since: '1970-01-01T02:00:00.000Z' },
  ]);
  expect(look(idle, 15_000, 0)).toEqual([]);
});

test('a layer that is down is critical, Redis a warning; unmeasured alerts clear', () => {
  expect(watch(poolerDown)[0]).toMatchObject([
    {
      kind: 'down',
      layer: 'pgbouncer',
      severity: 'critical',
      message: 'PgBouncer cannot be reached.',
    },
  ]);
  expect(watch(redisDown, redisDown)).toMatchObject([
    [],
    [{ kind: 'down', layer: 'redis', severity: 'warning' }],
  ]);
  const looks = watch(poolerSaturated, poolerSaturated, poolerDown, poolerDown, poolerDown);
  expect(kindsOf(looks[1])).toContain('waiting_clients');
  expect(kindsOf(looks[4])).toEqual(['down']);
});

test('waiting clients, a long wait, a long transaction and drift have alerts of their own', () => {
  const { pgbouncer, postgres } = poolerSaturated;
  const troubled = {
    ...poolerSaturated,
    pgbouncer: {
      ...pgbouncer,
      maxWaitMs: 3_100,
      drift: [{ key: 'default_pool_size', planned: '25', shown: '3' }],
    },
    postgres: { ...postgres, longestTransactionMs: 12_400 },
  } as Layers;
  const alerts = watch(troubled, troubled, troubled).at(-1) ?? [];
  expect(kindsOf(alerts)).toEqual([
    'pool_connections',
    'server_connections',
    'long_wait',
    'waiting_clients',
    'drift',
    'long_transaction',
  ]);
  expect(alerts.find(({ kind }) => kind === 'long_wait')).toMatchObject({
    severity: 'critical',
    message: 'A client has waited 3100 ms at PgBouncer, which refuses it after 5000 ms',
  });
  expect(alerts.find(({ kind }) => kind === 'waiting_clients')).toMatchObject({
    severity: 'warning',
    message: '31 clients wait for a server connection at PgBouncer',
  });
  expect(alerts.find(({ kind }) => kind === 'long_transaction')).toMatchObject({
    severity: 'warning',
    message: 'A transaction is 12 s old; the app ends its own after 10 s',
  });
  expect(alerts.find(({ kind }) => kind === 'drift')?.message).toBe(
    'PgBouncer runs with other settings than planned: default_pool_size is 3, planned 25',
  );
});

test('a layer that fills up because the next one is full keeps its own setting', () => {
  const remediesOf = (layers: Layers) =>
    Object.fromEntries((watch(layers, layers)[1] ?? []).map(({ kind, remedy }) => [kind, remedy]));
  const locked: Layers = {
    ...poolerSaturated,
    postgres: { ...poolerSaturated.postgres, lockWaits: 24 } as Layers['postgres'],
  };
  const unlock =
    'It follows from Postgres, so that comes first: End the transaction that holds the lock ' +
    '(pg_blocking_pids names it). More connections would only wait as well.';
  expect(remediesOf(locked)).toEqual({
    pool_connections: unlock,
    server_connections: unlock,
    waiting_clients: unlock,
  });
  expect(remediesOf(postgresSaturated)).toMatchObject({
    pool_connections: expect.stringMatching(
      /^It follows from Postgres, .*: 83 of them are not the app's/,
    ) as unknown,
    postgres_connections: expect.stringMatching(/^Raise postgres\.maxConnections/) as unknown,
  });
  expect(remediesOf(poolerSaturated)).toMatchObject({
    pool_connections: expect.stringMatching(
      /^It follows from PgBouncer, .*: Raise pooler\.poolSize/,
    ) as unknown,
    waiting_clients: expect.stringMatching(/^Raise pooler\.poolSize/) as unknown,
  });
  expect(remediesOf(appSaturated)['pool_connections']).toMatch(/^Raise app\.poolMax/);
  expect(remediesOf({ ...appSaturated, redis: redisDown.redis })['down']).toMatch(
    /^See whether the container redis runs/,
  );
});

test('clients that wait for less than a moment are no alert', () => {
  const { pgbouncer } = poolerSaturated;
  const brief = { ...poolerSaturated, pgbouncer: { ...pgbouncer, maxWaitMs: 20 } } as Layers;
  expect(kindsOf(watch(brief, brief)[1])).not.toContain('waiting_clients');
});

test('critical ones come first', () => {
  const alerts =
    watch(poolerSaturated, poolerSaturated, { ...postgresDown, redis: redisDown.redis }).at(-1) ??
    [];
  const severities = alerts.map(({ severity }) => severity);
  expect(severities).toEqual([...severities].sort());
});

test('Postgres at its limit is said in the words that people grep for', () => {
  const { postgres } = idle;
  if (postgres.state !== 'up') throw new Error('not up');
  const full: Layers = {
    ...idle,
    postgres: { ...postgres, connections: { ...postgres.connections, total: 74 } },
  };
  expect(watch(full, full)[1]).toMatchObject([
    {
      severity: 'warning',
      message:
        'Database connection pool at 85% utilization ' +
        '(74 of the 87 connections that are not reserved)',
    },
  ]);
});
