import { expect, test } from '@jest/globals';
import { describeDeployed } from './deployed-plan.ts';
import { findInterruptions, isDowntime } from './interruptions.ts';
import {
  change,
  CONTAINER,
  DEPLOYMENT,
  found,
  onKubernetes,
  planOf,
  STATEFUL_SET,
  TEMPLATE,
} from './testing/interrupted.ts';

test('on kubernetes a shared tier goes when nobody uses it any more, which is no downtime', () => {
  const plan = planOf({ ...onKubernetes, pooler: { poolSize: 5 } });
  const stopped = findInterruptions({
    before: describeDeployed(
      planOf({ ...onKubernetes, pooler: { placement: 'shared', poolSize: 5 } }),
    ),
    plan,
    changes: [
      change('delete', [DEPLOYMENT, 'pgbouncer']),
      change('update', [DEPLOYMENT, 'app'], TEMPLATE),
    ],
  });
  expect(stopped.map(({ service, away, cut }) => [service, away, cut])).toEqual([
    ['PgBouncer', 'for good', 0],
    ['app', 'rolls', 0],
  ]);
  expect(isDowntime(stopped)).toBe(false);
});

test('on kubernetes a Deployment with another template rolls and cuts nobody', () => {
  const shared = { ...onKubernetes, pooler: { placement: 'shared', poolSize: 5 } };
  expect(
    found(
      shared,
      change('update', [DEPLOYMENT, 'app'], TEMPLATE),
      change('update', [DEPLOYMENT, 'pgbouncer'], TEMPLATE),
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
      change('update', [DEPLOYMENT, 'app'], ['spec.replicas']),
      change('update', ['kubernetes:core/v1:ConfigMap', 'pgbouncer-config'], ['data']),
    ),
  ).toEqual([]);
});

test('on kubernetes a StatefulSet with another template is away while its pod is replaced', () => {
  expect(
    found(
      { ...onKubernetes, kubernetes: { podStartSeconds: 90 } },
      change('update', [STATEFUL_SET, 'redis'], TEMPLATE),
    ),
  ).toEqual([['Redis', 30 + 90, 5, 'connections to Redis']]);
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
      changes: [change('update', [STATEFUL_SET, 'redis'], TEMPLATE)],
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
          change('create', [name === 'app' ? DEPLOYMENT : STATEFUL_SET, name]),
        ),
        ...['app', 'postgres', 'redis', 'pgbouncer'].map((name) =>
          change('delete', [CONTAINER, name]),
        ),
      ],
    });
    expect(stopped.map(({ service, away, cut }) => [service, away, cut])).toEqual([
      ['Postgres', 'for good', 36],
      ['Redis', 'for good', 1],
      ['PgBouncer', 'for good', 8],
      ['app', 'for good', 0],
    ]);
    expect(stopped.at(-1)?.callers).toBe('Callers of its old address are refused.');
    expect(isDowntime(stopped)).toBe(true);
  },
);

test('on kubernetes a change that the engine tells as `spec` alone may be one of the pods', () => {
  expect(
    found(
      onKubernetes,
      change('update', [DEPLOYMENT, 'app'], ['spec']),
      change('update', [STATEFUL_SET, 'postgres'], ['spec']),
    ).map(([service, away]) => [service, away]),
  ).toEqual([
    ['Postgres', 420],
    ['app', 'rolls'],
  ]);
});

test('passwords two versions on lock out running instances, also where they roll', () => {
  const away = (from: number, to: number) =>
    findInterruptions({
      before: describeDeployed(planOf({ ...onKubernetes, credentialsVersion: from })),
      plan: planOf({ ...onKubernetes, credentialsVersion: to }),
      changes: [change('update', [DEPLOYMENT, 'app'], TEMPLATE)],
    });
  expect(away(1, 2).map((interruption) => interruption.away)).toEqual(['rolls']);
  expect(isDowntime(away(1, 3))).toBe(true);
  expect(away(1, 3).map(({ callers }) => callers)).toEqual([
    'From the change of the passwords until its replacement, no instance can log in to the ' +
      'database or to Redis.',
  ]);
});
