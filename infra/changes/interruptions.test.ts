import { expect, test } from '@jest/globals';
import { describeDeployed } from './deployed-plan.ts';
import { findInterruptions, isDowntime } from './interruptions.ts';
import { change, CONTAINER, found, planOf, type Raw } from './testing/interrupted.ts';

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
  expect(found({}, change('replace', [CONTAINER, name]))).toEqual([expected]);
});

test('on docker a container that is updated in place or created goes on', () => {
  expect(
    found(
      {},
      change('update', [CONTAINER, 'app'], ['memory']),
      change('create', [CONTAINER, 'pgbouncer']),
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
        change('replace', [CONTAINER, 'pgbouncer-files']),
        change('replace', [CONTAINER, 'migrate']),
        change('replace', ['docker:index/volume:Volume', 'redis']),
      ),
    ).toEqual([]);
  },
);

test('a deleted bouncer stops for good and cuts those who used it', () => {
  const plan = planOf({ pooler: { enabled: false } });
  const [stopped] = findInterruptions({
    before: describeDeployed(planOf({})),
    plan,
    changes: [change('delete', [CONTAINER, 'pgbouncer'])],
  });
  expect(stopped).toMatchObject({ service: 'PgBouncer', away: 'for good', cut: 8 });
});

test('of several processes one is replaced after the other, which is no downtime', () => {
  const before = describeDeployed(planOf({ pooler: { processes: 2 } }));
  const replaced = [change('replace', [CONTAINER, 'pgbouncer'])];
  const interruptionsOf = (plan: ReturnType<typeof planOf>) =>
    findInterruptions({ before, plan, changes: replaced });
  const interruptions = interruptionsOf(planOf({ pooler: { processes: 2 } }));
  expect(interruptions).toMatchObject([{ service: 'PgBouncer', away: 'in turn', cut: 8 }]);
  expect(isDowntime(interruptions)).toBe(false);
  // The second one ends only at the end of the update.
  expect(interruptionsOf(planOf({}))).toMatchObject([{ away: 'in turn' }]);
});

test('a process that comes or goes beside others interrupts nothing', () => {
  const settings = { pooler: { processes: 2 } };
  expect(found(settings, change('create', [CONTAINER, 'pgbouncer-2']))).toEqual([]);
  expect(found(settings, change('delete', [CONTAINER, 'pgbouncer-2']))).toEqual([]);
});

test('a service that is away is downtime', () => {
  const plan = planOf({});
  expect(
    isDowntime(
      findInterruptions({
        before: describeDeployed(plan),
        plan,
        changes: [change('replace', [CONTAINER, 'redis'])],
      }),
    ),
  ).toBe(true);
});

test('without a pooler a replaced Postgres cuts the connections of the app itself', () => {
  expect(found({ pooler: { enabled: false } }, change('replace', [CONTAINER, 'postgres']))).toEqual(
    [['Postgres', 240, 11, 'direct connections']],
  );
});

test(
  'when the pooler goes together with a replaced Postgres, the deployed server connections ' +
    'are cut',
  () => {
    const [postgres] = findInterruptions({
      before: describeDeployed(planOf({})),
      plan: planOf({ pooler: { enabled: false } }),
      changes: [change('replace', [CONTAINER, 'postgres'])],
    });
    expect(postgres).toMatchObject({ cut: 36, connections: 'server connections' });
  },
);

test('what ends takes the grace that it was deployed with, not the planned one', () => {
  const before = describeDeployed(planOf({ app: { drainSeconds: 100 } }));
  const interruptions = findInterruptions({
    before,
    plan: planOf({}),
    changes: [change('replace', [CONTAINER, 'app']), change('replace', [CONTAINER, 'pgbouncer'])],
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

test('while Postgres is away its users wait as deployed, not as planned', () => {
  const callersOf = (before: Raw, after: Raw) =>
    findInterruptions({
      before: describeDeployed(planOf(before)),
      plan: planOf(after),
      changes: [change('replace', [CONTAINER, 'postgres'])],
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

test('of a deployment by another version it is still known what ends', () => {
  expect(
    findInterruptions({
      before: 'of another version',
      plan: planOf({}),
      changes: [change('replace', [CONTAINER, 'pgbouncer'])],
    }).map(({ service, cut }) => [service, cut]),
  ).toEqual([['PgBouncer', 8]]);
});

test('a first deployment interrupts nothing', () => {
  expect(
    findInterruptions({
      before: 'nothing',
      plan: planOf({}),
      changes: [change('create', [CONTAINER, 'app']), change('create', [CONTAINER, 'pgbouncer'])],
    }),
  ).toEqual([]);
});
