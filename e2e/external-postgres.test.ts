import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dockerOutput, logsOf, openDockerScope } from './docker.ts';
import { postPresence } from './environment/api-requests.ts';
import {
  ADMIN,
  type ExternalEnvironment,
  openExternalEnvironment,
  TOO_FEW,
} from './external-environment.ts';
import { SUPERUSER_PASSWORD } from './external-server.ts';
import { openTestStack, type TestStack } from './test-stack.ts';

const scope = openDockerScope('external');
let external: ExternalEnvironment;
let stack: TestStack;

beforeAll(async () => {
  stack = await openTestStack('external');
  external = await openExternalEnvironment(stack, scope);
}, 300_000);

afterAll(async () => {
  await stack.close();
  await scope.close();
}, 120_000);

const post = (userId: string): Promise<Response> => postPresence(stack, userId);

test('without the password of its admin nothing is touched, with the way to set it', async () => {
  external.configure();
  const { exitCode, stderr } = await stack.run('up');
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    'postgresAdminPassword: got nothing; allowed: the password of the role ' +
      `${ADMIN.name} at ${external.host}. Set it: npm run pulumi -- config set --secret ` +
      `postgresAdminPassword -s ${stack.name}`,
  );
  const plain = await stack.pulumi('up', '--yes', '--skip-preview');
  expect(plain.exitCode).not.toBe(0);
  expect(plain.stdout + plain.stderr).toContain('postgresAdminPassword: got nothing');
  expect((await stack.containers()).size).toBe(0);
}, 120_000);

test('a password in plain text is refused, without showing it', async () => {
  await stack.pulumi('config', 'set', 'postgresAdminPassword', 'canary-in-plain-text');
  const { exitCode, stdout, stderr } = await stack.run('up');
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    'in plain text. Remove that line, change the password on the server, then: npm ' +
      'run pulumi -- config set --secret postgresAdminPassword',
  );
  expect(stdout + stderr).not.toContain('canary-in-plain-text');
}, 60_000);

test.each<[string, () => Readonly<Record<string, unknown>>, () => readonly string[]]>([
  [
    'signed by an authority that is not ours',
    () => ({ caCertificate: external.authorities.otherAuthority }),
    () => [
      `at ${external.host}, port ${external.server.port}, does not prove who it is:`,
      'Set postgres.external.caCertificate',
    ],
  ],
  [
    'whose certificate names another host',
    () => ({ host: external.otherHost }),
    () => [
      `at ${external.otherHost}, port ${external.server.port}, does not prove who it is:`,
      'Give postgres.external.host as the certificate names it.',
    ],
  ],
  [
    'that offers fewer connections than the plan counts on',
    () => ({ port: external.smallServer.port }),
    () => [
      `offers ${TOO_FEW - 3} connections (max_connections ${TOO_FEW} - 3 reserved), ` +
        'but the plan counts on 87',
      'Raise max_connections on the server to 90, or set postgres.maxConnections to ' +
        `${TOO_FEW}: the plan then says what fits.`,
    ],
  ],
])(
  'up fails with the reason for a server %s, which is left as it was',
  async (_name, change, parts) => {
    external.configure(change());
    await external.setPassword(ADMIN.password);
    const { exitCode, stdout, stderr } = await stack.run('up');
    expect(exitCode).toBe(1);
    for (const part of parts()) expect(stdout + stderr).toContain(part);
    expect(await stack.containers()).not.toContain(stack.containerName('app'));
    for (const each of [external.server, external.smallServer])
      expect(await each.ask(`SELECT count(*) FROM pg_roles WHERE rolname LIKE 'spywatcher%'`)).toBe(
        '0',
      );
  },
  300_000,
);

test('a wrong password of the admin is told apart, with the way to set it', async () => {
  await external.setPassword('not-the-password');
  external.configure();
  const { exitCode, stdout, stderr } = await stack.run('up');
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toContain(
    'accepts none of the 1 password(s) known for the role their_admin. ' +
      'Set the right one: npm run pulumi -- config set',
  );
}, 300_000);

test('prepared by a role that is no superuser the app serves, every session by TLS', async () => {
  await external.setPassword(ADMIN.password);
  external.configure();
  expect(await stack.mustRun('up')).toContain(
    'the app is ready through PgBouncer, in transaction mode',
  );
  expect((await post('100000000000000001')).status).toBe(201);
  expect(await external.rows()).toEqual(['100000000000000001']);
  expect(await external.sessions()).toEqual(['spywatcher|t', 'spywatcher_monitor|t']);
  expect(
    await external.server.ask(`SELECT shobj_description('spywatcher_owner'::regrole, 'pg_authid')`),
  ).toBe(`environment ${stack.name}`);
  expect((await stack.console('SHOW SERVERS')).every((row) => row.includes('TLSv1.3'))).toBe(true);
  expect(
    [...(await stack.containers()).keys()].filter((name) => name.includes('postgres')),
  ).toEqual([]);
}, 300_000);

test('a second up changes nothing', async () => {
  expect(await stack.mustRun('up')).toMatch(/Resources:\n +\d+ unchanged\n/);
}, 120_000);

test('slow queries alone need a superuser', async () => {
  const unavailable = await external.slowQueries();
  expect([unavailable.status, await unavailable.text()]).toEqual([
    503,
    expect.stringContaining('shared_preload_libraries'),
  ]);
  await external.setPassword(SUPERUSER_PASSWORD);
  external.configure({ adminUser: 'postgres' });
  await stack.mustRun('up');
  expect((await external.slowQueries()).status).toBe(200);
  expect(await external.rows()).toEqual(['100000000000000001']);
}, 300_000);

test('PgBouncer refuses a server of another authority until a reload adds that one', async () => {
  await external.authorities.signByOther();
  await external.server.ask('SELECT pg_reload_conf()');
  await external.endServerConnections();
  expect((await post('100000000000000009')).status).toBe(503);
  expect(await logsOf(stack.containerName('pgbouncer'))).toContain('certificate verif');
  external.configure({
    adminUser: 'postgres',
    caCertificate: external.authorities.authority + external.authorities.otherAuthority,
  });
  expect(await stack.mustRun('preview')).toMatch(/^\+server_tls_ca_file = \S+\s+; reload$/m);
  const pgbouncer = (await stack.containers()).get(stack.containerName('pgbouncer'));
  await stack.mustRun('up');
  expect((await stack.containers()).get(stack.containerName('pgbouncer'))).toBe(pgbouncer);
  await external.endServerConnections();
  expect((await post('100000000000000002')).status).toBe(201);
  expect(await external.rows()).toHaveLength(2);
}, 300_000);

test('raised credentials reach the server by a role that is no superuser', async () => {
  await external.setPassword(ADMIN.password);
  external.configure(
    { caCertificate: external.authorities.otherAuthority },
    { credentialsVersion: 2 },
  );
  await stack.mustRun('up');
  expect((await post('100000000000000003')).status).toBe(201);
  expect(
    await external.server.ask(
      'SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = ' +
        `'${stack.credentials(2).app.name}'`,
    ),
  ).toBe('t');
}, 300_000);

test('without a pooler the app itself connects by TLS', async () => {
  external.configure(
    { caCertificate: external.authorities.otherAuthority },
    { credentialsVersion: 2, pooler: { enabled: false } },
  );
  expect(await stack.mustRun('up')).toContain(
    'straight against Postgres (pooler.enabled is false)',
  );
  expect((await post('100000000000000004')).status).toBe(201);
  expect(await external.sessions()).toEqual([
    `${stack.credentials(2).app.name}|t`,
    'spywatcher_monitor|t',
  ]);
}, 300_000);

test('neither password of the server is in state, printed text or containers', async () => {
  const { stdout: state } = await stack.pulumi('stack', 'export');
  const inspected = await dockerOutput('inspect', ...(await stack.containers()).values());
  for (const text of [state, stack.printed.join('\n'), inspected]) {
    expect(text.length).toBeGreaterThan(1_000);
    for (const password of [ADMIN.password, SUPERUSER_PASSWORD])
      expect(text).not.toContain(password);
  }
}, 60_000);

test('down takes the containers and leaves the rows', async () => {
  await stack.mustRun('down');
  expect((await stack.containers()).size).toBe(0);
  expect(await external.rows()).toEqual([
    '100000000000000001',
    '100000000000000002',
    '100000000000000003',
    '100000000000000004',
  ]);
}, 120_000);
