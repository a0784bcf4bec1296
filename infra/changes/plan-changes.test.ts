import { expect, test } from '@jest/globals';
import { planEnvironment } from '../plan/plan.ts';
import { checkSettings } from '../settings/check-settings.ts';
import { type DeployedPlan, describeDeployed } from './deployed-plan.ts';
import { planChanges } from './plan-changes.ts';

const planOf = (raw: Readonly<Record<string, unknown>>) =>
  planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, 'dev'));
const deployed = (raw: Readonly<Record<string, unknown>>) => describeDeployed(planOf(raw));
const external = {
  postgres: { external: { host: 'db-1.example.net', port: 25_060, database: 'presence' } },
};

test('a pool size reloads and cuts nobody; a listen backlog restarts and cuts clients', () => {
  const changes = planChanges(
    deployed({}),
    planOf({ pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } } }),
  );
  expect(changes.map(({ key, effect, clients }) => [key, effect, clients])).toEqual([
    ['default_pool_size', 'reload', 0],
    ['listen_backlog', 'restart', 8],
    ['max_db_connections', 'reload', 0],
  ]);
});

test('processes come and go by a reload of those that stay', () => {
  const [one, two] = [{}, { pooler: { processes: 2 } }];
  expect(
    planChanges(deployed(one), planOf(two)).map(({ key, before, after, effect, clients }) => [
      key,
      before,
      after,
      effect,
      clients,
    ]),
  ).toEqual([
    ['[peers] 1', undefined, 'host=/run/pgbouncer port=6432', 'reload', 0],
    ['[peers] 2', undefined, 'host=/run/pgbouncer/2 port=6432', 'reload', 0],
    ['peer_id', undefined, '1', 'reload', 0],
    ['processes of PgBouncer', '1', '2', 'scale', 0],
  ]);
  expect(planChanges(deployed(two), planOf(one))).toContainEqual(
    expect.objectContaining({ key: 'processes of PgBouncer', before: '2', after: '1' }),
  );
  expect(planChanges(deployed(two), planOf(two))).toEqual([]);
});

test('a Postgres setting restarts Postgres under all of its connections', () => {
  expect(
    planChanges(deployed({}), planOf({ postgres: { settings: { work_mem: '6MB' } } })),
  ).toEqual([
    {
      file: 'postgresql.conf',
      key: 'work_mem',
      before: '4MB',
      after: '6MB',
      effect: 'restart',
      clients: 36,
    },
  ]);
});

test('a longer request gives PgBouncer more time to stop, which replaces its container', () => {
  const changes = planChanges(deployed({}), planOf({ app: { requestTimeoutSeconds: 18 } }));
  expect(changes).toContainEqual({
    file: 'container',
    key: 'stop grace of PgBouncer',
    before: '37 s',
    after: '40 s',
    effect: 'restart',
    clients: 8,
  });
});

test('an external Postgres in the place of ours, or the reverse, is one change', () => {
  const between = (
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ) =>
    planChanges(deployed(before), planOf(after))
      .filter(({ file }) => file !== 'pgbouncer.ini')
      .map(({ key, before: was, after: becomes, clients }) => [key, was, becomes, clients]);
  expect(between({}, external)).toEqual([['Postgres', 'own', 'external', 36]]);
  expect(between(external, {})).toEqual([['Postgres', 'external', 'own', 36]]);
  expect(between(external, external)).toEqual([]);
});

const unprotected = { postgres: { protect: false } };

test.each([
  {
    what: 'turning the pooler off',
    before: {},
    after: { pooler: { enabled: false } },
    expected: ['PgBouncer', 'on', 'off', 8],
  },
  {
    what: 'turning the pooler on',
    before: { pooler: { enabled: false } },
    after: {},
    expected: ['PgBouncer', 'off', 'on', 11],
  },
  {
    what: 'publishing its port',
    before: unprotected,
    after: { ...unprotected, pooler: { publishPort: 6_432 } },
    expected: ['published port of PgBouncer', 'off', '6432', 8],
  },
  {
    what: 'more memory for Redis',
    before: {},
    after: { redis: { maxMemoryMiB: 256 } },
    expected: ['maxmemory', '128mb', '256mb', 1],
  },
])('$what restarts, and reports whom it cuts', ({ before, after, expected }) => {
  const changes = planChanges(deployed(before), planOf(after));
  expect(
    changes.map(({ key, before: was, after: becomes, clients }) => [key, was, becomes, clients]),
  ).toEqual([expected]);
  expect(changes.every(({ effect }) => effect === 'restart')).toBe(true);
});

const kubernetes = { target: 'kubernetes', pooler: { poolSize: 5 } };

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['a sidecar', {}],
  ['a shared tier', { placement: 'shared' }],
])('on kubernetes a restart-only key rolls the pods of %s and cuts nobody', (_name, pooler) => {
  const settings = (more: object) => ({
    ...kubernetes,
    pooler: { ...kubernetes.pooler, ...pooler, ...more },
  });
  const changes = planChanges(
    deployed(settings({})),
    planOf(settings({ settings: { listen_backlog: 2_048 } })),
  );
  expect(changes.map(({ key, effect, clients }) => [key, effect, clients])).toEqual([
    ['listen_backlog', 'roll', 0],
  ]);
});

test("on kubernetes a sidecar has its pod's grace, and a shared bouncer its own", () => {
  const keys = (pooler: object) =>
    planChanges(
      deployed({ ...kubernetes, pooler: { ...kubernetes.pooler, ...pooler } }),
      planOf({
        ...kubernetes,
        app: { drainSeconds: 25 },
        pooler: { ...kubernetes.pooler, ...pooler },
      }),
    ).map(({ key, effect }) => [key, effect]);
  expect(keys({})).toEqual([]);
  expect(keys({ placement: 'shared' })).toEqual([['stop grace of PgBouncer', 'roll']]);
});

test('another address of the app is reported as a move', () => {
  const moved = (
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ) =>
    planChanges(deployed(before), planOf(after))
      .filter(({ file }) => file === 'address')
      .map(({ key, before: was, after: becomes, effect }) => [key, was, becomes, effect]);
  expect(moved({}, { app: { port: 3_005 } })).toEqual([
    ['app', 'http://127.0.0.1:3001', 'http://127.0.0.1:3005', 'move'],
    [
      'admin routes',
      'http://127.0.0.1:3001/api/admin/monitoring',
      'http://127.0.0.1:3005/api/admin/monitoring',
      'move',
    ],
  ]);
  const onKubernetes = { target: 'kubernetes', pooler: { poolSize: 5 } };
  const host = (name: string) => ({
    ...onKubernetes,
    kubernetes: { ingress: { host: name, tlsSecret: 'tls' } },
  });
  expect(moved(host('a.example.net'), host('b.example.net'))).toEqual([
    ['app', 'https://a.example.net', 'https://b.example.net', 'move'],
  ]);
  expect(moved(onKubernetes, { ...onKubernetes, app: { adminPort: 3_010 } })).toEqual([
    [
      'admin routes',
      'http://app-admin.spywatcher-dev.svc:3002/api/admin/monitoring',
      'http://app-admin.spywatcher-dev.svc:3010/api/admin/monitoring',
      'move',
    ],
  ]);
});

test('new credentials: one version on those in use stay valid, two on they are refused', () => {
  const effects = (from: number, to: number) =>
    planChanges(deployed({ credentialsVersion: from }), planOf({ credentialsVersion: to })).map(
      ({ key, before, after, effect }) => [key, before, after, effect],
    );
  expect(effects(1, 2)).toEqual([['credentialsVersion', '1', '2', 'rotate']]);
  expect(effects(1, 3)).toEqual([['credentialsVersion', '1', '3', 'revoke']]);
  const older = Object.fromEntries(
    Object.entries(deployed({})).filter(([key]) => key !== 'credentialsVersion'),
  ) as unknown as DeployedPlan;
  expect(planChanges(older, planOf({ credentialsVersion: 3 }))).toEqual([]);
});
