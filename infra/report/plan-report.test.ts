import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { goldenText } from '../../pgbouncer/testing/golden.ts';
import { planChanges } from '../changes/plan-changes.ts';
import { type DeployedPlan, describeDeployed } from '../changes/deployed-plan.ts';
import { planEnvironment } from '../plan/plan.ts';
import { describePlan } from './plan-report.ts';
import { renderReportMarkdown } from './plan-report-markdown.ts';
import { renderReportText } from './plan-report-text.ts';
import { checkSettings } from '../settings/check-settings.ts';

const planOf = (raw: Readonly<Record<string, unknown>>, environment = 'dev') =>
  planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, environment));
const deployed = (raw: Readonly<Record<string, unknown>>) => describeDeployed(planOf(raw));
const golden = (name: string, text: string): string =>
  goldenText(join(import.meta.dirname, 'golden', name), text);

const dev = describePlan(planOf({}), 'nothing');
const prod = describePlan(
  planOf(
    {
      target: 'kubernetes',
      app: { replicas: 2, maxReplicas: 4 },
      pooler: { poolSize: 5, minPoolSize: 2, reservePoolSize: 3 },
    },
    'prod',
  ),
);
const external = {
  postgres: { external: { host: 'db-1.example.net', port: 25_060, database: 'presence' } },
};
const elsewhere = describePlan(planOf(external), deployed({}));
const changed = describePlan(
  planOf({ pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } } }),
  deployed({}),
);

test.each([
  ['dev.txt', renderReportText(dev)],
  ['dev.md', renderReportMarkdown(dev)],
  ['prod.txt', renderReportText(prod)],
  ['external.txt', renderReportText(elsewhere)],
  ['changed.txt', renderReportText(changed)],
  ['changed.md', renderReportMarkdown(changed)],
])('the report %s is the golden one', (name, text) => {
  expect(text).toBe(golden(name, text));
});

test('the text fits a terminal of 80 columns, but for the generated files', () => {
  const [report = ''] = renderReportText(changed).split('--- pgbouncer.ini ---');
  expect(report.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test(
  'a pool size reloads and cuts nobody; a listen backlog restarts and cuts the clients of the ' +
    'deployed plan',
  () => {
    const changes = planChanges(
      deployed({}),
      planOf({ pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } } }),
    );
    expect(changes.map(({ key, effect, clients }) => [key, effect, clients])).toEqual([
      ['default_pool_size', 'reload', 0],
      ['listen_backlog', 'restart', 8],
      ['max_db_connections', 'reload', 0],
    ]);
  },
);

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

test('a Postgres of somebody else takes the place of ours, or ours of it, as one change', () => {
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

test.each<
  [string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>, unknown[]]
>([
  ['turning the pooler off', {}, { pooler: { enabled: false } }, [['PgBouncer', 'on', 'off', 8]]],
  ['turning the pooler on', { pooler: { enabled: false } }, {}, [['PgBouncer', 'off', 'on', 11]]],
  [
    'publishing its port',
    unprotected,
    { ...unprotected, pooler: { publishPort: 6_432 } },
    [['published port of PgBouncer', 'off', '6432', 8]],
  ],
  [
    'more memory for Redis',
    {},
    { redis: { maxMemoryMiB: 256 } },
    [['maxmemory', '128mb', '256mb', 1]],
  ],
])('%s restarts, and says whom it cuts', (_name, before, after, expected) => {
  const changes = planChanges(deployed(before), planOf(after));
  expect(
    changes.map(({ key, before: was, after: becomes, clients }) => [key, was, becomes, clients]),
  ).toEqual(expected);
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

test("on kubernetes the grace of a sidecar is its pod's, and that of a shared bouncer its own", () => {
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

test('a changed drain shows in every grace that is made of it, before and after', () => {
  const { graces } = describePlan(planOf({ app: { drainSeconds: 25 } }), deployed({}));
  expect(graces.map(({ name, beforeMs, ms }) => [name, beforeMs, ms])).toEqual([
    ['app', 25_000, 30_000],
    ['PgBouncer', 37_000, 42_000],
    ['Postgres', 120_000, 120_000],
    ['Redis', 30_000, 30_000],
  ]);
});

test('when the engine failed, its words are in the report, and nothing that it left unsaid is', () => {
  const report = describePlan(planOf({}), deployed({}), {
    changes: [
      {
        operation: 'replace',
        type: 'docker:index/container:Container',
        name: 'app',
        paths: [],
        isKept: false,
      },
    ],
    failures: ['app: no such image\nsecond line'],
  });
  expect(report.interruptions).toBeUndefined();
  expect(renderReportText(report)).toContain('! app: no such image\n! second line\n');
  expect(renderReportMarkdown(report)).toContain('```text\napp: no such image\nsecond line\n```');
});

test('a volume whose data is lost is said in the open', () => {
  const changes = (
    [
      ['postgres-data', false],
      ['redis-data', true],
      ['app-secrets', false],
    ] as const
  ).map(([name, isKept]) => ({
    operation: 'delete' as const,
    type: 'docker:index/volume:Volume',
    name,
    paths: [],
    isKept,
  }));
  const report = describePlan(planOf({}), deployed({}), { changes, failures: [] });
  expect(report.resources?.lostData).toEqual(['Volume postgres-data']);
  expect(renderReportText(report)).toContain(
    '! Volume postgres-data goes, and the data in it is lost.',
  );
  expect(renderReportMarkdown(report)).toContain(
    '**`Volume postgres-data` goes, and the data in it is lost.**',
  );
});

test(
  'a volume that outlives its place in the stack is deleted to the engine, and stays all the ' +
    'same',
  () => {
    const changes = [
      {
        operation: 'delete' as const,
        type: 'docker:index/volume:Volume',
        name: 'postgres-backup',
        paths: [],
        isKept: true,
      },
    ];
    const report = describePlan(planOf({}), deployed({}), { changes, failures: [] });
    expect(report.resources).toMatchObject({
      deleted: ['Volume postgres-backup'],
      lostData: [],
      keptData: ['Volume postgres-backup'],
    });
    expect(renderReportText(report)).toContain(
      '  Volume postgres-backup stays, with its data: the stack only lets go of it.',
    );
    expect(renderReportMarkdown(report)).toContain(
      '`Volume postgres-backup` stays, with its data: the stack only lets go of it.',
    );
  },
);

test('data that is protected no longer is said in the open: the engine counts it as unchanged', () => {
  const changes = [
    {
      operation: 'same' as const,
      type: 'docker:index/volume:Volume',
      name: 'postgres-data',
      paths: [],
      isKept: true,
      losesProtection: true,
    },
  ];
  const report = describePlan(planOf({}), deployed({}), { changes, failures: [] });
  expect(renderReportText(report)).toContain(
    '! Volume postgres-data is protected no longer: from now on npm run down deletes\n  it.\n',
  );
  expect(renderReportMarkdown(report)).toContain(
    '**`Volume postgres-data` is protected no longer: from now on `npm run down` deletes it.**',
  );
});

test('what is created and what is updated is named, too: a network policy may be among it', () => {
  const changed = (operation: 'create' | 'update', name: string) => ({
    operation,
    type: 'kubernetes:networking.k8s.io/v1:NetworkPolicy',
    name,
    paths: [],
    isKept: false,
  });
  const report = describePlan(planOf({}), deployed({}), {
    changes: [changed('create', 'pgbouncer-network-in'), changed('update', 'app-network-out')],
    failures: [],
  });
  expect(renderReportText(report)).toContain(
    '+ 1 created: NetworkPolicy pgbouncer-network-in\n* 1 updated: NetworkPolicy app-network-out\n',
  );
  expect(renderReportMarkdown(report)).toContain(
    'Created: `NetworkPolicy pgbouncer-network-in`\n\nUpdated: `NetworkPolicy app-network-out`',
  );
});

test('what ends with a Postgres that is left are connections to it, not clients of PgBouncer', () => {
  expect(renderReportText(elsewhere)).toMatch(
    /^\+Postgres: external +# restart, about 36 connections$/m,
  );
});

test('another address of the app is said: whoever calls the old one gets no answer', () => {
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

test('new credentials are said: one version on those in use stay valid, two on they are refused', () => {
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

test('what another version has deployed is not compared, and all three forms say so', () => {
  const report = describePlan(planOf({}), 'of another version', { changes: [], failures: [] });
  expect(report.changes).toBe('not comparable');
  expect(report.hops.some(({ state }) => state !== undefined)).toBe(false);
  expect(renderReportText(report)).toContain(
    'It was deployed by another version of this project: what changes is not known.',
  );
  expect(renderReportMarkdown(report)).toContain(
    'It was deployed by another version of this project: what changes in the generated files is ' +
      'not known.',
  );
});

test('the same plan again changes nothing', () => {
  expect(describePlan(planOf({}), deployed({})).changes).toEqual([]);
});

test.each<[string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
  ['more memory for Postgres', {}, { postgres: { memoryMiB: 4_096 } }],
  ['backups', { backup: { enabled: false } }, {}],
  [
    'a long key with a long value',
    {},
    {
      pooler: {
        settings: {
          track_extra_parameters:
            'IntervalStyle, client_encoding, default_text_search_config, search_path',
        },
      },
    },
  ],
  [
    'a server with a long address',
    {},
    {
      postgres: {
        external: { host: 'presence-production.cluster-c1a2b3c4d5e6.eu-central-1.rds.example.net' },
      },
    },
  ],
])(
  '%s: the text fits 80 columns, and what each change does stands in it',
  (_name, before, after) => {
    const report = describePlan(planOf(after), deployed(before));
    const lines = renderReportText(report).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const told = lines.filter((line) =>
      /[;#] (reload|restart, about \d+ (client|connection)s?)$/.test(line),
    );
    expect(told).toHaveLength(
      listed(report).flatMap(({ before: was, after: becomes }) =>
        [was, becomes].filter((value) => value !== undefined),
      ).length,
    );
  },
);

const listed = ({ changes }: ReturnType<typeof describePlan>) =>
  Array.isArray(changes) ? (changes as ReturnType<typeof planChanges>) : [];

test(
  'words of the engine that are too long for a comment are cut inside their fence, and the ' +
    'rest of the report follows',
  () => {
    const report = describePlan(planOf({}), deployed({ pooler: { poolSize: 30 } }), {
      changes: [],
      failures: Array.from(
        { length: 2_000 },
        (_, index) => `app: no such image, said for the ${index}th time`,
      ),
    });
    const text = renderReportMarkdown(report);
    expect(text.length).toBeLessThanOrEqual(60_000);
    expect(text).toMatch(
      /^```text\napp: no such image, said for the 0th time\n[^`]*\n```\n\nThat is the beginning; the log of the run has the rest\.\n\n```diff\n/m,
    );
  },
);
