import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Credential, type Credentials, deriveCredentials } from '../infra/credentials.ts';
import { renderUserlist } from '../pgbouncer/userlist.ts';
import { expectCutOffMigrationResumes, expectFailedMigrationStops } from './broken-migrations.ts';
import { docker, dockerOutput, openDockerScope, untilHealth } from './docker.ts';
import { asRoot } from './image-set-up.ts';
import { credentials, ROOT_SECRET } from './live-credentials.ts';
import { openPooledDatabase, preparationOf, type PooledDatabase } from './pooled-database.ts';

const scope = openDockerScope('preparation');
const { app, monitor, owner, superuser } = credentials;
const wanted = preparationOf(credentials);
let database: PooledDatabase;

beforeAll(async () => {
  database = await openPooledDatabase(scope, credentials);
}, 300_000);
afterAll(() => scope.close(), 60_000);

test('an empty server is prepared whole, and a second run changes nothing', async () => {
  const first = await database.prepare(wanted);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(first.stdout).toMatch(
    /role spywatcher: created[^]*migrations: 1 applied, 0 were there[^]*pooler: reconnects/,
  );

  const second = await database.prepare(wanted);
  expect(second.exitCode).toBe(0);
  expect(second.stdout).not.toMatch(/created|changed(?<!unchanged)/);
  expect(second.stdout).toContain('migrations: 0 applied, 1 were there');
}, 60_000);

test('the app may change rows and nothing else, through PgBouncer by its verifier', async () => {
  const askAsApp = (sql: string) => database.askPooled(sql, app);
  expect(
    await askAsApp(
      `INSERT INTO presence VALUES ('1', '1', 'idle', now()) RETURNING status; ` +
        'DELETE FROM presence',
    ),
  ).toBe('idle');
  expect(await askAsApp(`SELECT nextval('presence_event_id_seq')`)).toBe('1');
  for (const sql of [
    'CREATE TABLE t ()',
    'CREATE TEMP TABLE t ()',
    'CREATE SCHEMA s',
    'TRUNCATE presence',
    'DROP TABLE presence',
    'SELECT * FROM _prisma_migrations',
    'SELECT * FROM pg_authid',
  ]) {
    await expect(askAsApp(sql)).rejects.toThrow(/permission denied|must be owner/);
  }
}, 60_000);

test('the monitor sees every session and every statement, and no row', async () => {
  expect(
    Number(
      await database.ask(
        `SELECT count(*) FROM monitoring.pg_stat_statements WHERE query LIKE '%presence%'`,
        monitor,
      ),
    ),
  ).toBeGreaterThan(0);
  expect(
    await database.ask(
      `SELECT pg_has_role(current_user, 'pg_use_reserved_connections', 'member')`,
      monitor,
    ),
  ).toBe('t');
  await expect(database.ask('SELECT * FROM public.presence', monitor)).rejects.toThrow(
    'permission denied',
  );
}, 60_000);

test('no verifier is left in pg_stat_statements or in the log of the server', async () => {
  expect(
    await database.ask(
      `SELECT count(*) FROM monitoring.pg_stat_statements WHERE query LIKE '%SCRAM-SHA-256$%'`,
    ),
  ).toBe('0');
  const { stdout, stderr } = await docker('logs', database.postgres);
  expect(stdout + stderr).not.toContain('SCRAM-SHA-256$');
}, 60_000);

test('settings of a role are set or reset, also for open server connections', async () => {
  const timeouts = () =>
    database.askPooled(
      `SELECT current_setting('statement_timeout'), current_setting('lock_timeout')`,
      app,
    );
  expect(await timeouts()).toBe('8s|3s');
  const { exitCode } = await database.prepare({
    ...wanted,
    app: { ...wanted.app, settings: { statement_timeout: '7000ms' } },
  });
  expect(exitCode).toBe(0);
  expect(await timeouts()).toBe('7s|0');
  await database.prepare(wanted);
}, 60_000);

test('a server of one environment is refused to another until it is freed', async () => {
  expect(await database.prepare({ ...wanted, environment: 'first' })).toMatchObject({
    exitCode: 0,
  });
  const others = deriveCredentials({
    rootSecret: `${ROOT_SECRET} of another environment`,
    version: 1,
  });
  const second = {
    ...preparationOf(others),
    superuser: wanted.superuser,
    pooler: null,
    environment: 'second',
  };
  const refused = await database.prepare(second);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      'belongs to the environment first: to prepare it for second would change the passwords',
    ) as unknown,
  });
  expect(await database.prepare({ ...wanted, environment: 'first' })).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('role spywatcher: unchanged') as unknown,
  });

  const [wayOut = ''] = /COMMENT ON ROLE .* IS NULL/.exec(refused.stderr) ?? [];
  await database.ask(wayOut, superuser);
  expect(await database.prepare(second)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('role spywatcher: changed') as unknown,
  });
  await database.ask(wayOut, superuser);
  await database.prepare(wanted);
}, 60_000);

test('through a pooler it refuses to run, and says why', async () => {
  // Ours would not let the superuser in; a pooler of somebody else may.
  const user = renderUserlist([{ name: superuser.name, secret: superuser.verifier }]);
  const script = `
    printf '%s' "$1" >>/volume/userlist.txt
    sed -i 's|^spywatcher = \\(.*\\)|&\\npostgres = \\1|' /volume/pgbouncer.ini`;
  await asRoot(scope, `${scope.name}-pooler-config`, [script, user]);
  await database.console('RELOAD');
  const ended = await database.prepare({
    ...wanted,
    server: { host: '/run/pgbouncer', port: 6432 },
  });
  expect(ended).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is a connection pooler, not the Postgres server') as unknown,
  });
}, 60_000);

test(
  'a failed migration stops it, with a way out that works',
  () => expectFailedMigrationStops(scope, database),
  120_000,
);

test(
  'a migration that was cut off is applied again if it has left nothing',
  () => expectCutOffMigrationResumes(scope, database),
  60_000,
);

test('a rotation ends every old password but the one of the former app role', async () => {
  const [second, third] = [2, 3].map((version) =>
    deriveCredentials({ rootSecret: ROOT_SECRET, version }),
  ) as [Credentials, Credentials];
  const ended = await database.prepare({ ...preparationOf(second), pooler: null });
  expect(ended).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('password of postgres: changed') as unknown,
  });
  for (const former of [superuser, owner, monitor])
    await expect(database.ask('SELECT 1', former)).rejects.toThrow(
      'password authentication failed',
    );
  for (const current of [second.superuser, second.owner, second.monitor])
    expect(await database.ask('SELECT 1', current)).toBe('1');
  const write = (login: Credential) =>
    database.ask(
      `INSERT INTO presence VALUES ('2', '2', 'idle', now()) RETURNING status; ` +
        `DELETE FROM presence; SELECT current_setting('statement_timeout')`,
      login,
    );
  for (const login of [app, second.app]) expect(await write(login)).toBe('idle\n8s');

  expect(await database.prepare({ ...preparationOf(third), pooler: null })).toMatchObject({
    exitCode: 0,
  });
  await expect(database.ask('SELECT 1', app)).rejects.toThrow('password authentication failed');
  for (const login of [second.app, third.app]) expect(await write(login)).toBe('idle\n8s');

  const stranger = await database.prepare(
    preparationOf(
      deriveCredentials({ rootSecret: 'another root secret, also long enough', version: 1 }),
    ),
  );
  expect(stranger).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      'accepts none of the 1 password(s) known for the role postgres',
    ) as unknown,
  });
}, 60_000);

test('a stopped pooler is skipped, a refusing one an error, a server awaited', async () => {
  const rotated = preparationOf(deriveCredentials({ rootSecret: ROOT_SECRET, version: 3 }));
  const refused = await database.prepare(rotated);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('does not RECONNECT') as unknown,
  });
  await dockerOutput('stop', database.pgbouncer);
  expect(await database.prepare(rotated)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('not running, nothing to reconnect') as unknown,
  });

  await dockerOutput('stop', database.postgres);
  const away = await database.prepare({ ...rotated, waitSeconds: 1 });
  expect(away).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('accepts no connections, after 1 s of waiting') as unknown,
  });
  const waiting = database.prepare(rotated);
  await dockerOutput('start', database.postgres);
  expect((await waiting).exitCode).toBe(0);
  await untilHealth(database.postgres, 'healthy');
}, 120_000);

test('no run has said a password or a verifier', async () => {
  const { stdout, stderr } = await database.prepare({
    ...wanted,
    superuser: { ...wanted.superuser, verifier: 'SCRAM-SHA-256$broken-canary' },
  });
  expect(stderr).toContain('superuser.verifier');
  expect(stdout + stderr).not.toContain('canary');
}, 60_000);
