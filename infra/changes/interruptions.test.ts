import { expect, test } from '@jest/globals';
import { findInterruptions, isDowntime } from './interruptions.ts';
import { planEnvironment } from '../plan/plan.ts';
import { describeDeployed } from './deployed-plan.ts';
import type { ResourceChange } from './resource-changes.ts';
import { checkSettings } from '../settings/check-settings.ts';

type Raw = Readonly<Record<string, unknown>>;
const CONTAINER = 'docker:index/container:Container';
const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';
const STATEFUL_SET = 'kubernetes:apps/v1:StatefulSet';
const TEMPLATE = ['spec.template.metadata.annotations["spywatcher/started-with"]'];

const planOf = (raw: Raw) =>
  planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, 'dev'));
const change = (
  operation: ResourceChange['operation'],
  type: string,
  name: string,
  paths: readonly string[] = [],
): ResourceChange => ({ operation, type, name, paths, isKept: false });
const found = (settings: Raw, ...changes: readonly ResourceChange[]) => {
  const plan = planOf(settings);
  return findInterruptions({ before: describeDeployed(plan), plan, changes }).map(
    ({ service, away, cut, connections }) => [
      service,
      typeof away === 'string' ? away : away.atMostSeconds,
      cut,
      connections,
    ],
  );
};
const onKubernetes = { target: 'kubernetes', app: { replicas: 2 } };

test.each<[string, string, unknown[]]>([
  [
    'app',
    'is away for its grace and its start at the most, and cuts no request',
    ['app', 25 + 120, 0, 'requests'],
  ],
  [
    'pgbouncer',
    'cuts the clients of the deployed plan',
    ['PgBouncer', 37 + 120, 8, 'client connections'],
  ],
  ['postgres', 'cuts the server connections', ['Postgres', 120 + 120, 36, 'server connections']],
  [
    'redis',
    'cuts one connection for each app instance',
    ['Redis', 30 + 120, 1, 'connections to Redis'],
  ],
])('on docker a replaced container %s %s', (name, _does, expected) => {
  expect(found({}, change('replace', CONTAINER, name))).toEqual([expected]);
});

test('on docker a container that is updated in place goes on, and so does one that is created', () => {
  expect(
    found(
      {},
      change('update', CONTAINER, 'app', ['memory']),
      change('create', CONTAINER, 'pgbouncer'),
    ),
  ).toEqual([]);
});

test(
  'containers that only carry files or run once interrupt nothing, and a volume by a ' +
    "service's name does neither",
  () => {
    expect(
      found(
        {},
        change('replace', CONTAINER, 'pgbouncer-files'),
        change('replace', CONTAINER, 'migrate'),
        change('replace', 'docker:index/volume:Volume', 'redis'),
      ),
    ).toEqual([]);
  },
);

test('a deleted bouncer stops for good and cuts those who used it', () => {
  const plan = planOf({ pooler: { enabled: false } });
  const [stopped] = findInterruptions({
    before: describeDeployed(planOf({})),
    plan,
    changes: [change('delete', CONTAINER, 'pgbouncer')],
  });
  expect(stopped).toMatchObject({ service: 'PgBouncer', away: 'for good', cut: 8 });
});

test('on kubernetes a shared tier goes when nobody uses it any more, which is no downtime', () => {
  const plan = planOf({ ...onKubernetes, pooler: { poolSize: 5 } });
  const stopped = findInterruptions({
    before: describeDeployed(
      planOf({ ...onKubernetes, pooler: { placement: 'shared', poolSize: 5 } }),
    ),
    plan,
    changes: [
      change('delete', DEPLOYMENT, 'pgbouncer'),
      change('update', DEPLOYMENT, 'app', TEMPLATE),
    ],
  });
  expect(stopped.map(({ service, away, cut }) => [service, away, cut])).toEqual([
    ['PgBouncer', 'for good', 0],
    ['app', 'rolls', 0],
  ]);
  expect(isDowntime(stopped)).toBe(false);
});

test('a service that is away is downtime', () => {
  const plan = planOf({});
  expect(
    isDowntime(
      findInterruptions({
        before: describeDeployed(plan),
        plan,
        changes: [change('replace', CONTAINER, 'redis')],
      }),
    ),
  ).toBe(true);
});

test('without a pooler a replaced Postgres cuts the connections of the app itself', () => {
  expect(found({ pooler: { enabled: false } }, change('replace', CONTAINER, 'postgres'))).toEqual([
    ['Postgres', 240, 11, 'direct connections'],
  ]);
});

test(
  'when the pooler goes together with a replaced Postgres, the deployed server connections ' +
    'are cut',
  () => {
    const [postgres] = findInterruptions({
      before: describeDeployed(planOf({})),
      plan: planOf({ pooler: { enabled: false } }),
      changes: [change('replace', CONTAINER, 'postgres')],
    });
    expect(postgres).toMatchObject({ cut: 36, connections: 'server connections' });
  },
);

test('on kubernetes a Deployment with another template rolls and cuts nobody', () => {
  const shared = { ...onKubernetes, pooler: { placement: 'shared', poolSize: 5 } };
  expect(
    found(
      shared,
      change('update', DEPLOYMENT, 'app', TEMPLATE),
      change('update', DEPLOYMENT, 'pgbouncer', TEMPLATE),
    ),
  ).toEqual([
    ['PgBouncer', 'rolls', 0, 'client connections'],
    ['app', 'rolls', 0, 'requests'],
  ]);
});

test('on kubernetes more replicas and a changed ConfigMap touch no pod', () => {
  expect(
    found(
      onKubernetes,
      change('update', DEPLOYMENT, 'app', ['spec.replicas']),
      change('update', 'kubernetes:core/v1:ConfigMap', 'pgbouncer-config', ['data']),
    ),
  ).toEqual([]);
});

test('on kubernetes a StatefulSet with another template is away while its one pod is replaced', () => {
  expect(
    found(
      { ...onKubernetes, kubernetes: { podStartSeconds: 90 } },
      change('update', STATEFUL_SET, 'redis', TEMPLATE),
    ),
  ).toEqual([['Redis', 30 + 90, 5, 'connections to Redis']]);
});

test('what ends takes the grace that it was deployed with, also when the plan gives it another', () => {
  const before = describeDeployed(planOf({ app: { drainSeconds: 100 } }));
  const interruptions = findInterruptions({
    before,
    plan: planOf({}),
    changes: [change('replace', CONTAINER, 'app'), change('replace', CONTAINER, 'pgbouncer')],
  });
  expect(
    interruptions.map(({ service, away }) => [
      service,
      typeof away === 'string' ? away : away.atMostSeconds,
    ]),
  ).toEqual([
    ['PgBouncer', 117 + 120],
    ['app', 105 + 120],
  ]);
});

test('while Postgres is away its users wait as what is deployed lets them, not as what is planned', () => {
  const callersOf = (before: Raw, after: Raw) =>
    findInterruptions({
      before: describeDeployed(planOf(before)),
      plan: planOf(after),
      changes: [change('replace', CONTAINER, 'postgres')],
    }).map(({ callers }) => callers);
  const pooled = (seconds: number): string[] => [
    'Running transactions end. Requests that need the database wait at PgBouncer for up to ' +
      `${seconds} s, or get 503.`,
  ];
  expect(callersOf({}, { pooler: { queryWaitTimeoutSeconds: 4 } })).toEqual(pooled(5));
  expect(callersOf({}, { pooler: { enabled: false } })).toEqual(pooled(5));
  expect(callersOf({ pooler: { enabled: false } }, {})).toEqual([
    'Requests that need the database get 503.',
  ]);
});

test(
  'a replaced Redis cuts every app instance that is deployed, those on their way out among ' +
    'them, and not those that are planned',
  () => {
    const before = describeDeployed(
      planOf({
        ...onKubernetes,
        app: { replicas: 2, maxReplicas: 4 },
        pooler: { poolSize: 5, reservePoolSize: 3, minPoolSize: 2 },
      }),
    );
    const [redis] = findInterruptions({
      before,
      plan: planOf(onKubernetes),
      changes: [change('update', STATEFUL_SET, 'redis', TEMPLATE)],
    });
    expect(redis?.cut).toBe(4 + 1 + 4);
  },
);

test(
  'when the environment moves to the other target, what it leaves stops for good, and the ' +
    'callers of the app are cut off',
  () => {
    const stopped = findInterruptions({
      before: describeDeployed(planOf({})),
      plan: planOf(onKubernetes),
      changes: [
        ...['app', 'postgres', 'redis'].map((name) =>
          change('create', name === 'app' ? DEPLOYMENT : STATEFUL_SET, name),
        ),
        ...['app', 'postgres', 'redis', 'pgbouncer'].map((name) =>
          change('delete', CONTAINER, name),
        ),
      ],
    });
    expect(stopped.map(({ service, away, cut }) => [service, away, cut])).toEqual([
      ['Postgres', 'for good', 36],
      ['Redis', 'for good', 1],
      ['PgBouncer', 'for good', 8],
      ['app', 'for good', 0],
    ]);
    expect(stopped.at(-1)?.callers).toBe('Whoever calls it at its old address is refused.');
    expect(isDowntime(stopped)).toBe(true);
  },
);

test('on kubernetes a change that the engine tells as `spec` alone may be one of the pods', () => {
  expect(
    found(
      onKubernetes,
      change('update', DEPLOYMENT, 'app', ['spec']),
      change('update', STATEFUL_SET, 'postgres', ['spec']),
    ).map(([service, away]) => [service, away]),
  ).toEqual([
    ['Postgres', 420],
    ['app', 'rolls'],
  ]);
});

test('passwords that are two versions on lock out the instances that run, also where they roll', () => {
  const away = (from: number, to: number) =>
    findInterruptions({
      before: describeDeployed(planOf({ ...onKubernetes, credentialsVersion: from })),
      plan: planOf({ ...onKubernetes, credentialsVersion: to }),
      changes: [change('update', DEPLOYMENT, 'app', TEMPLATE)],
    });
  expect(away(1, 2).map((interruption) => interruption.away)).toEqual(['rolls']);
  expect(isDowntime(away(1, 3))).toBe(true);
  expect(away(1, 3).map(({ callers }) => callers)).toEqual([
    'From the change of the passwords until its replacement, no instance can log in to the ' +
      'database or to Redis.',
  ]);
});

test('of a deployment by another version it is still known what ends', () => {
  expect(
    findInterruptions({
      before: 'of another version',
      plan: planOf({}),
      changes: [change('replace', CONTAINER, 'pgbouncer')],
    }).map(({ service, cut }) => [service, cut]),
  ).toEqual([['PgBouncer', 8]]);
});

test('a first deployment interrupts nothing', () => {
  expect(
    findInterruptions({
      before: 'nothing',
      plan: planOf({}),
      changes: [change('create', CONTAINER, 'app'), change('create', CONTAINER, 'pgbouncer')],
    }),
  ).toEqual([]);
});
