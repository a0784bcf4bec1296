import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dockerOutput, logsOf, openDockerScope } from './docker.ts';
import {
  type ExternalServer,
  gatewayOf,
  makeAuthorities,
  openExternalServer,
  SUPERUSER_PASSWORD,
  type TestAuthorities,
} from './external-server.ts';
import { postPresence } from './environment/api-requests.ts';
import { openTestStack, type TestStack } from './test-stack.ts';
import { until } from './until.ts';

const ADMIN = { name: 'their_admin', password: 'canary-of-the-admin' };
const DATABASE = 'presence_of_ours';
const ENOUGH = 100;
const TOO_FEW = 40;

const scope = openDockerScope('external');
let stack: TestStack;
let authorities: TestAuthorities;
let server: ExternalServer;
let smallServer: ExternalServer;
/**
 * Addresses of this machine: the one that the certificate names, and another one of the same
 * server.
 */
let host: string;
let otherHost: string;

beforeAll(async () => {
  stack = await openTestStack('external');
  const [network, otherNetwork] = [await scope.network('database'), await scope.network('other')];
  host = await gatewayOf(network);
  otherHost = await gatewayOf(otherNetwork);
  authorities = await makeAuthorities(scope, `IP:${host}`);
  server = await openExternalServer(scope, authorities, {
    addresses: [host, otherHost],
    network,
    maxConnections: ENOUGH,
  });
  smallServer = await openExternalServer(scope, authorities, {
    addresses: [host],
    network,
    maxConnections: TOO_FEW,
  });
  // As a managed service has it: nobody is a superuser, and this role may pass on what it may
  // itself.
  for (const each of [server, smallServer])
    await each.ask(
      `CREATE ROLE ${ADMIN.name} LOGIN CREATEROLE CREATEDB PASSWORD ` +
        `'${ADMIN.password}'; GRANT pg_monitor TO ${ADMIN.name} WITH ADMIN OPTION`,
    );
}, 300_000);

afterAll(async () => {
  await stack.close();
  await scope.close();
}, 120_000);

/** The settings of a stack on the server; what is not given is right. */
function configure(
  external: Readonly<Record<string, unknown>> = {},
  others: Readonly<Record<string, unknown>> = {},
): void {
  stack.configure({
    postgres: {
      external: {
        host,
        port: server.port,
        database: DATABASE,
        adminUser: ADMIN.name,
        caCertificate: authorities.authority,
        ...external,
      },
    },
    ...others,
  });
}

/** Ends them and waits until PgBouncer knows it: what comes next needs new ones. */
async function endServerConnections(): Promise<void> {
  const ended = (
    await server.ask(
      'WITH ours AS MATERIALIZED (SELECT pid FROM pg_stat_activity WHERE usename = ' +
        `'spywatcher') SELECT pid FROM ours WHERE pg_terminate_backend(pid)`,
    )
  ).split('\n');
  await until(
    () => stack.console('SHOW SERVERS'),
    (lines) => !lines.some((line) => line.split('|').some((field) => ended.includes(field))),
  );
}

const setPassword = (password: string) =>
  stack.pulumi('config', 'set', '--secret', 'postgresAdminPassword', password);
const slowQueries = (): Promise<Response> =>
  fetch(`${stack.appUrl}/api/admin/monitoring/database/slow-queries?minMs=0`, {
    headers: { authorization: `Bearer ${stack.credentials().adminToken}` },
  });
const post = (userId: string): Promise<Response> => postPresence(stack, userId);
const rows = async (): Promise<string[]> =>
  (await server.ask('SELECT user_id FROM presence_event ORDER BY 1', DATABASE)).split('\n');
/**
 * Who of ours is connected to the server, each with whether by TLS; the monitoring connects when it
 * first looks.
 */
async function sessions(): Promise<string[]> {
  const sql =
    'SELECT DISTINCT usename, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING ' +
    `(pid) WHERE usename LIKE 'spywatcher%' ORDER BY 1, 2`;
  return (
    await until(
      () => server.ask(sql),
      (found) => found.includes('spywatcher_monitor'),
    )
  ).split('\n');
}

test('without the password of its admin nothing is touched, with the way to set it', async () => {
  configure();
  const { exitCode, stderr } = await stack.run('up');
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    'postgresAdminPassword: got nothing; allowed: the password of the role ' +
      `${ADMIN.name} at ${host}. Set it: npm run pulumi -- config set --secret ` +
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
    () => ({ caCertificate: authorities.otherAuthority }),
    () => [
      `at ${host}, port ${server.port}, does not prove who it is:`,
      'Set postgres.external.caCertificate',
    ],
  ],
  [
    'whose certificate names another host',
    () => ({ host: otherHost }),
    () => [
      `at ${otherHost}, port ${server.port}, does not prove who it is:`,
      'Give postgres.external.host as the certificate names it.',
    ],
  ],
  [
    'that offers fewer connections than the plan counts on',
    () => ({ port: smallServer.port }),
    () => [
      `offers ${TOO_FEW - 3} connections (max_connections ${TOO_FEW} - 3 reserved), ` +
        'but the plan counts on 87',
      'Raise max_connections on the server to 90, or set postgres.maxConnections to ' +
        `${TOO_FEW}: the plan then says what fits.`,
    ],
  ],
])(
  'up fails with the reason for a server %s, which is left as it was',
  async (_name, external, parts) => {
    configure(external());
    await setPassword(ADMIN.password);
    const { exitCode, stdout, stderr } = await stack.run('up');
    expect(exitCode).toBe(1);
    for (const part of parts()) expect(stdout + stderr).toContain(part);
    expect(await stack.containers()).not.toContain(stack.containerName('app'));
    for (const each of [server, smallServer])
      expect(await each.ask(`SELECT count(*) FROM pg_roles WHERE rolname LIKE 'spywatcher%'`)).toBe(
        '0',
      );
  },
  300_000,
);

test('a wrong password of the admin is told apart, with the way to set it', async () => {
  await setPassword('not-the-password');
  configure();
  const { exitCode, stdout, stderr } = await stack.run('up');
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toContain(
    'accepts none of the 1 password(s) known for the role their_admin. ' +
      'Set the right one: npm run pulumi -- config set',
  );
}, 300_000);

test('prepared by a role that is no superuser the app serves, every session by TLS', async () => {
  await setPassword(ADMIN.password);
  configure();
  expect(await stack.mustRun('up')).toContain(
    'the app is ready through PgBouncer, in transaction mode',
  );
  expect((await post('100000000000000001')).status).toBe(201);
  expect(await rows()).toEqual(['100000000000000001']);
  expect(await sessions()).toEqual(['spywatcher|t', 'spywatcher_monitor|t']);
  expect(
    await server.ask(`SELECT shobj_description('spywatcher_owner'::regrole, 'pg_authid')`),
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
  const unavailable = await slowQueries();
  expect([unavailable.status, await unavailable.text()]).toEqual([
    503,
    expect.stringContaining('shared_preload_libraries'),
  ]);
  await setPassword(SUPERUSER_PASSWORD);
  configure({ adminUser: 'postgres' });
  await stack.mustRun('up');
  expect((await slowQueries()).status).toBe(200);
  expect(await rows()).toEqual(['100000000000000001']);
}, 300_000);

test('PgBouncer refuses a server of another authority until a reload adds that one', async () => {
  await authorities.signByOther();
  await server.ask('SELECT pg_reload_conf()');
  await endServerConnections();
  expect((await post('100000000000000009')).status).toBe(503);
  expect(await logsOf(stack.containerName('pgbouncer'))).toContain('certificate verif');
  configure({
    adminUser: 'postgres',
    caCertificate: authorities.authority + authorities.otherAuthority,
  });
  expect(await stack.mustRun('preview')).toMatch(/^\+server_tls_ca_file = \S+\s+; reload$/m);
  const pgbouncer = (await stack.containers()).get(stack.containerName('pgbouncer'));
  await stack.mustRun('up');
  expect((await stack.containers()).get(stack.containerName('pgbouncer'))).toBe(pgbouncer);
  await endServerConnections();
  expect((await post('100000000000000002')).status).toBe(201);
  expect(await rows()).toHaveLength(2);
}, 300_000);

test('raised credentials reach the server by a role that is no superuser', async () => {
  await setPassword(ADMIN.password);
  configure({ caCertificate: authorities.otherAuthority }, { credentialsVersion: 2 });
  await stack.mustRun('up');
  expect((await post('100000000000000003')).status).toBe(201);
  expect(
    await server.ask(
      'SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = ' +
        `'${stack.credentials(2).app.name}'`,
    ),
  ).toBe('t');
}, 300_000);

test('without a pooler the app itself connects by TLS', async () => {
  configure(
    { caCertificate: authorities.otherAuthority },
    { credentialsVersion: 2, pooler: { enabled: false } },
  );
  expect(await stack.mustRun('up')).toContain(
    'straight against Postgres (pooler.enabled is false)',
  );
  expect((await post('100000000000000004')).status).toBe(201);
  expect(await sessions()).toEqual([`${stack.credentials(2).app.name}|t`, 'spywatcher_monitor|t']);
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
  expect(await rows()).toEqual([
    '100000000000000001',
    '100000000000000002',
    '100000000000000003',
    '100000000000000004',
  ]);
}, 120_000);
