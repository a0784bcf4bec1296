import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PlanReport } from '../infra/report/plan-report.ts';
import { dockerOutput } from './docker.ts';
import { type HeldClients, holdClients } from './held-clients.ts';
import { namedContainers, readPreview } from './preview-report.ts';
import { openTestStack, type StackSettings, type TestStack } from './test-stack.ts';

const HELD = 3;
let stack: TestStack;

beforeAll(async () => {
  stack = await openTestStack('truth');
}, 120_000);

afterAll(() => stack.close(), 120_000);

test('a new environment: the preview says that it is the first deployment and touches nothing, and up makes every container that it counted', async () => {
  const { exitCode, report } = await readPreview(stack);
  expect({
    exitCode,
    changes: report.changes,
    interruptions: report.interruptions,
    vanishing: report.vanishingHops,
  }).toEqual({ exitCode: 0, changes: 'first deployment', interruptions: [], vanishing: [] });
  expect(report.resources).toMatchObject({ update: 0, replace: 0, delete: 0, same: 0 });
  expect((await stack.containers()).size).toBe(0);
  await stack.mustRun('up');
  const { stdout } = await stack.pulumi('stack', 'export');
  expect(report.resources?.create).toBe(resourcesIn(stdout));
  await expectLimits(report);
}, 600_000);

/** `services`: those that the report says are interrupted, each with the connections of PgBouncer's clients that it cuts. */
const changes: readonly (readonly [
  string,
  StackSettings,
  {
    readonly services: Readonly<Record<string, number>>;
    readonly effects: Readonly<Record<string, string>>;
  },
])[] = [
  ['no change', {}, { services: {}, effects: {} }],
  [
    'a reloadable setting',
    { pooler: { poolSize: 30 } },
    { services: {}, effects: { default_pool_size: 'reload', max_db_connections: 'reload' } },
  ],
  [
    'a restart-only setting',
    { pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } } },
    { services: { PgBouncer: 8 }, effects: { listen_backlog: 'restart' } },
  ],
  [
    'a setting of Postgres',
    {
      pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } },
      postgres: { maxConnections: 120 },
    },
    { services: { Postgres: 0 }, effects: { max_connections: 'restart' } },
  ],
  [
    'a limit that Docker changes in place',
    {
      pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } },
      postgres: { maxConnections: 120 },
      app: { memoryMiB: 640 },
    },
    { services: {}, effects: {} },
  ],
  [
    'fewer clients, and a shorter wait, which the app is told',
    { pooler: { maxClientConn: 90, queryWaitTimeoutSeconds: 4 } },
    { services: { Postgres: 0, PgBouncer: 8, app: 0 }, effects: {} },
  ],
];

test.each(changes)(
  '%s: up replaces the containers that the preview named, ends the clients that it said, and leaves the limits that it showed',
  async (_name, settings, { services, effects }) => {
    stack.configure(settings);
    const report = await changeAsPreviewed();
    expect(clientsCutBy(report)).toEqual(services);
    expect(
      Object.fromEntries(listChanges(report).map(({ key, effect }) => [key, effect])),
    ).toMatchObject(effects);
  },
  600_000,
);

test('another image: its containers are replaced, and the clients of PgBouncer end', async () => {
  const image = `spywatcher-${stack.name}/pgbouncer:another`;
  await dockerOutput(
    'commit',
    '--change',
    'LABEL another=yes',
    stack.containerName('pgbouncer'),
    image,
  );
  stack.configure({ images: { pgbouncer: image } });
  const report = await changeAsPreviewed();
  expect(clientsCutBy(report)).toMatchObject({ PgBouncer: 8 });
}, 600_000);

test('without a pooler: one way appears, the other two vanish, PgBouncer stops for good, the app is away', async () => {
  stack.configure({ pooler: { enabled: false } });
  const report = await changeAsPreviewed();
  expect(report.hops.map(({ name, state }) => [name, state])).toEqual([
    ['direct connections', 'appears'],
  ]);
  expect(report.vanishingHops.map(({ name }) => name)).toEqual([
    'client connections',
    'server connections',
  ]);
  expect(
    report.interruptions?.map(({ service, away }) => [
      service,
      typeof away === 'string' ? away : 'away',
    ]),
  ).toEqual([
    ['PgBouncer', 'for good'],
    ['app', 'away'],
  ]);
}, 600_000);

test('a plan that is refused: the reasons as data and as a comment, exit 2, and up refuses it without touching a container', async () => {
  stack.configure({ app: { poolMax: 200 }, pooler: { enabled: true } });
  const before = await stack.containers();
  const { exitCode, report } = await readPreview(stack);
  expect(exitCode).toBe(2);
  expect(report.refused?.map(({ key, remedy }) => [key, remedy])).toEqual([
    ['app.poolMax', 'Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.'],
  ]);
  const comment = await stack.run('preview', '--markdown');
  expect(comment.exitCode).toBe(2);
  expect(comment.stdout).toContain(`## The plan of \`${stack.name}\` is refused`);
  expect((await stack.run('up')).exitCode).toBe(2);
  expect(await stack.containers()).toEqual(before);
}, 120_000);

test('no secret is in anything that was printed, in any form', async () => {
  stack.configure();
  expect((await stack.run('preview', '--markdown')).stdout).toContain(
    `## Plan of \`${stack.name}\` on docker`,
  );
  expect((await stack.run('preview')).stdout).toContain(`Plan of ${stack.name} on docker`);
  const { superuser, owner, app, monitor, poolerAdmin, poolerMonitor, redisPassword, adminToken } =
    stack.credentials();
  const secrets = [
    stack.rootSecret,
    redisPassword,
    adminToken,
    ...[superuser, owner, app, monitor, poolerAdmin, poolerMonitor].map(({ password }) => password),
  ];
  const printed = stack.printed.join('\n');
  expect(printed).toContain('"interruptions"');
  expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
}, 300_000);

/** Previews, applies, and holds the one against the other. */
async function changeAsPreviewed(): Promise<PlanReport> {
  const { exitCode, report } = await readPreview(stack);
  expect(exitCode).toBe(0);
  const before = await stack.containers();
  const held: HeldClients = await holdClients(stack, HELD);
  try {
    await stack.mustRun('up');
    const after = await stack.containers();
    const names = [...before.keys()].sort();
    expect(namedContainers(stack, report.resources?.replaced)).toEqual(
      names.filter((name) => after.has(name) && after.get(name) !== before.get(name)),
    );
    expect(namedContainers(stack, report.resources?.deleted)).toEqual(
      names.filter((name) => !after.has(name)),
    );
    expect([...after.keys()].filter((name) => !before.has(name))).toEqual([]);
    const cut = Object.values(clientsCutBy(report)).some((clients) => clients > 0);
    expect(await held.ended()).toBe(cut ? HELD : 0);
  } finally {
    await held.close();
  }
  await expectLimits(report);
  return report;
}

/** Each interrupted service with the client connections that end with it. */
const clientsCutBy = ({ interruptions = [] }: PlanReport): Readonly<Record<string, number>> =>
  Object.fromEntries(
    interruptions.map(({ service, cut, connections }) => [
      service,
      connections === 'client connections' ? cut : 0,
    ]),
  );

const listChanges = ({ changes: list }: PlanReport) =>
  (Array.isArray(list) ? list : []) as Exclude<PlanReport['changes'], string | undefined>;

/** The running servers have the limits of the report's hops, and the sizes that its terms are made of. */
async function expectLimits({ hops, bouncers }: PlanReport): Promise<void> {
  const limitOf = (name: string) => hops.find((hop) => hop.name === name)?.limit;
  const [max = 0, reserved = 0, forSuperusers = 0] = (
    await stack.psqlDirect(
      "select current_setting(s) from unnest('{max_connections,reserved_connections,superuser_reserved_connections}'::text[]) s",
    )
  )
    .split('\n')
    .map(Number);
  expect(limitOf('server connections') ?? limitOf('direct connections')).toBe(
    max - reserved - forSuperusers,
  );
  if (bouncers === 0) return;
  const config = new Map(
    (await stack.console('SHOW CONFIG')).map((line) => line.split('|') as [string, string]),
  );
  const shown = (key: string): number => Number(config.get(key));
  expect(limitOf('client connections')).toBe(shown('max_client_conn'));
  expect(hops.find(({ name }) => name === 'server connections')?.uses[0]?.count).toBe(
    shown('default_pool_size') + shown('reserve_pool_size'),
  );
}

/** How many the engine counts: all of the state but its own default providers. */
function resourcesIn(state: string): number {
  const { deployment } = JSON.parse(state) as { deployment: { resources: { type: string }[] } };
  return deployment.resources.filter(({ type }) => !type.startsWith('pulumi:providers:')).length;
}
