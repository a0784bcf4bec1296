import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { docker, dockerOutput, openDockerScope } from './docker.ts';
import { AdminRoutes, PREFIX } from './environment/admin-routes.ts';
import { postPresence } from './environment/api-requests.ts';
import { EndRecorder, expectNothingLeft } from './environment/ending.ts';
import { expectHardened, expectIsolated, expectPublishedPorts } from './environment/isolation.ts';
import { expectPooledRows, expectSparingMonitoring } from './environment/pooled-path.ts';
import { readPreview } from './environment/preview-report.ts';
import { countResources, expectAsPreviewed, expectLimits } from './environment/previewed-change.ts';
import { expectNoSecretShown, secretsIn } from './environment/secrecy.ts';
import { expectDriftUntilReload, expectUnnoticedChange } from './environment/unnoticed-change.ts';
import { openTestStack, type TestStack } from './test-stack.ts';

const SERVERS = ['app', 'pgbouncer', 'postgres', 'redis'];
/**
 * Client connections that end with PgBouncer: those of the app's pool, and what is kept for others.
 */
const CUT = 8;
const outsider = openDockerScope('outsider');
const anotherImage = `${outsider.name}/pgbouncer:another`;
let stack: TestStack;
let ending: EndRecorder;
let admin: AdminRoutes;

// One environment for all that follows: a test goes on where the one before it has stopped.
beforeAll(async () => {
  stack = await openTestStack('environment', 'none');
  ending = new EndRecorder(stack);
}, 120_000);

afterAll(async () => {
  ending.stop();
  await outsider.close();
  await stack.close();
  await docker('rmi', anotherImage);
}, 120_000);

test('the first preview touches nothing; up makes each resource that it counts', async () => {
  const { exitCode, report } = await readPreview(stack);
  expect({
    exitCode,
    changes: report.changes,
    interruptions: report.interruptions,
    vanishing: report.vanishingHops,
  }).toEqual({ exitCode: 0, changes: 'first deployment', interruptions: [], vanishing: [] });
  expect(report.resources).toMatchObject({ update: 0, replace: 0, delete: 0, same: 0 });
  expect((await stack.containers()).size).toBe(0);
  const text = await stack.mustRun('up');
  ending.followPostgresLog();
  expect(text).toContain(`${stack.name} is up:`);
  expect(text).toContain('the app is ready through PgBouncer, in transaction mode');
  expect(text).toContain('SHOW CONFIG equals the plan');
  expect((await fetch(`${stack.appUrl}/readyz`)).status).toBe(200);
  const { stdout } = await stack.pulumi('stack', 'export');
  expect(report.resources?.create).toBe(countResources(stdout));
  await expectLimits(stack, report);
}, 600_000);

test('without a change up does nothing, and a plain pulumi preview agrees', async () => {
  const output = { text: '' };
  await expectAsPreviewed(stack, { settings: {}, services: {} }, async () => {
    output.text = await stack.mustRun('up');
  });
  expect(output.text).toMatch(/Resources:\n +\d+ unchanged\n/);
  const { exitCode, stdout } = await stack.pulumi('preview', '--expect-no-changes');
  expect({ exitCode, changes: /\d+ to (create|update|replace|delete)/.exec(stdout)?.[0] }).toEqual({
    exitCode: 0,
    changes: undefined,
  });
}, 300_000);

test('rows reach Postgres through PgBouncer in transaction mode', () => expectPooledRows(stack));

test('every admin route answers with the token of the stack, none without', async () => {
  const { adminToken, adminUrl } = await stack.readOutputs();
  expect(stack.printed.join('\n')).toContain(
    `http://127.0.0.1:${stack.appPort}${PREFIX}/  (sign in with the admin token)`,
  );
  expect(adminUrl).toBe(`http://127.0.0.1:${stack.appPort}${PREFIX}`);
  admin = new AdminRoutes(stack.appPort, adminToken);
  await admin.untilHealthy();
  await admin.expectStatus(200);
  await new AdminRoutes(stack.appPort, undefined).expectStatus(401);
  await admin.expectDocumentedBodies();
}, 180_000);

test(
  'the monitoring sees every layer over two connections',
  () => expectSparingMonitoring(stack, admin),
  60_000,
);

test('no secret is in the state, printed text, logs, containers or images', async () => {
  await expectNoSecretShown(stack);
}, 60_000);

test('the same search finds the secrets in the outputs that are asked for', async () => {
  const outputs = JSON.stringify(await stack.readOutputs());
  expect(secretsIn(stack, outputs)).toEqual(['adminToken', 'app', 'owner', 'poolerAdmin']);
}, 60_000);

test('only the app and the pooler are published, on the loopback address', () =>
  expectPublishedPorts(stack));

test(
  'a container on another network reaches no server, one on the inner network all',
  () => expectIsolated(stack, outsider),
  120_000,
);

test('every server is hardened, limited, labelled and stopped by its own signal', () =>
  expectHardened(stack));

test('a change that needs no restart replaces no server and fails no query', async () => {
  const before = await idsOfServers();
  await expectUnnoticedChange(stack, admin);
  expect(await idsOfServers()).toEqual(before);
}, 600_000);

test(
  'a SET typed at the console is an alert until RELOAD',
  () => expectDriftUntilReload(stack, admin),
  240_000,
);

test('a restart-only setting replaces PgBouncer, whose clients the preview counts', async () => {
  const [app, pgbouncer, postgres, redis] = await idsOfServers();
  const settings = {
    pooler: { poolSize: 30, settings: { listen_backlog: 2_048 } },
    monitoring: { warnPercent: 70 },
    app: { memoryMiB: 640 },
  };
  stack.configure(settings);
  expect(await stack.mustRun('preview')).toMatch(
    /^\+listen_backlog = 2048 +; restart, about 8 clients$/m,
  );
  await expectAsPreviewed(stack, {
    settings,
    services: { PgBouncer: CUT },
    effects: { listen_backlog: 'restart' },
  });
  const after = await idsOfServers();
  expect(after).toEqual([app, expect.not.stringMatching(pgbouncer ?? '^$'), postgres, redis]);
  await expectStored('100000000000000003');
}, 600_000);

test('fewer clients and a shorter wait replace PgBouncer and the app', async () => {
  await expectAsPreviewed(stack, {
    settings: { pooler: { maxClientConn: 90, queryWaitTimeoutSeconds: 4 } },
    services: { PgBouncer: CUT, app: 0 },
  });
}, 600_000);

test('another image of PgBouncer and a larger Postgres replace those two', async () => {
  const container = stack.containerName('pgbouncer');
  await dockerOutput('commit', '--change', 'LABEL another=yes', container, anotherImage);
  await expectAsPreviewed(stack, {
    settings: {
      pooler: { maxClientConn: 90, queryWaitTimeoutSeconds: 4 },
      images: { pgbouncer: anotherImage },
      postgres: { maxConnections: 120 },
    },
    services: { Postgres: 0, PgBouncer: CUT },
    effects: { max_connections: 'restart' },
  });
}, 600_000);

test('without a pooler the app talks straight to Postgres, as previewed', async () => {
  let text = '';
  const settings = { pooler: { enabled: false }, postgres: { maxConnections: 120 } };
  const report = await expectAsPreviewed(stack, { settings }, async () => {
    text = await stack.mustRun('up');
  });
  expect(text).toContain('straight against Postgres (pooler.enabled is false)');
  expect((await stack.containers()).has(stack.containerName('pgbouncer'))).toBe(false);
  await expectStored('100000000000000004');
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

test('a refused plan gives its reasons as data and comment; up touches nothing', async () => {
  stack.configure({ app: { poolMax: 200 } });
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

test('after a rotation both tokens open the admin routes, on a port of their own', async () => {
  const { adminToken: former } = await stack.readOutputs();
  stack.configure({ credentialsVersion: 2, app: { adminPort: stack.adminPort } });
  expect(await stack.mustRun('up')).toContain('the app is ready through PgBouncer');
  const { adminToken, adminUrl } = await stack.readOutputs();
  expect(adminToken).not.toBe(former);
  expect(adminUrl).toBe(`http://127.0.0.1:${stack.adminPort}${PREFIX}`);
  await new AdminRoutes(stack.adminPort, adminToken).untilHealthy();
  for (const accepted of [adminToken, former])
    await new AdminRoutes(stack.adminPort, accepted).expectStatus(200);
  const { adminToken: future } = stack.credentials(3);
  const refused = await new AdminRoutes(stack.adminPort, future).ask('/connections/health');
  expect(refused.status).toBe(401);
  await new AdminRoutes(stack.appPort, adminToken).expectStatus(404);
  expect((await fetch(`${stack.appUrl}/readyz`)).status).toBe(200);
}, 300_000);

test('no command has printed a secret, in any form', async () => {
  const comment = (await stack.run('preview', '--markdown')).stdout;
  expect(comment).toContain(`## Plan of \`${stack.name}\` on docker`);
  expect((await stack.run('preview')).stdout).toContain(`Plan of ${stack.name} on docker`);
  const printed = stack.printed.join('\n');
  expect(printed).toContain('"interruptions"');
  expect([1, 2].flatMap((version) => secretsIn(stack, printed, version))).toEqual([]);
}, 300_000);

test('down stops every server by its own signal and leaves nothing', async () => {
  await stack.mustRun('down');
  await expectNothingLeft(stack);
  ending.expectOrderlyEnd();
}, 300_000);

const expectStored = async (userId: string): Promise<void> =>
  expect((await postPresence(stack, userId)).status).toBe(201);

async function idsOfServers(): Promise<(string | undefined)[]> {
  const containers = await stack.containers();
  return SERVERS.map((server) => containers.get(stack.containerName(server)));
}
