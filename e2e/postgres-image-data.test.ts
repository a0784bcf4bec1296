import { pbkdf2Sync, createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { docker, dockerOutput, inspect, openDockerScope } from './docker.ts';
import { asRoot } from './image-set-up.ts';
import { password, PostgresServers } from './postgres-server.ts';
import { runImage } from './run-images.ts';
import { until } from './until.ts';

jest.setTimeout(120_000);
const scope = openDockerScope('postgres-data');
let servers: PostgresServers;
let image: string;

beforeAll(async () => {
  image = await runImage('postgres');
  servers = new PostgresServers(scope, image);
}, 600_000);
afterAll(() => scope.close());

/** RFC 5803, as Postgres stores it. */
function scramVerifier(secret: string): string {
  const salt = Buffer.from('sixteen bytes .!');
  const salted = pbkdf2Sync(secret, salt, 4096, 32, 'sha256');
  const sign = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(sign('Client Key')).digest('base64');
  const serverKey = sign('Server Key').toString('base64');
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** What an orchestrator's crash looks like: the whole container at once, nothing is cleaned up. */
async function kill(container: string): Promise<void> {
  await dockerOutput('kill', '--signal', 'KILL', container);
  await dockerOutput('wait', container);
}

/**
 * Waits until a first start is under way; give the container little CPU, so that it stays so for a
 * while.
 */
async function untilPreparing(container: string): Promise<void> {
  const begun = ['test', '-e', '/var/lib/postgresql/data/pgdata.preparing/base'];
  await until(
    () => docker('exec', container, ...begun),
    ({ exitCode }) => exitCode === 0,
    { everyMs: 10 },
  );
}

describe('the cluster', () => {
  test('takes a SCRAM verifier for a password, and starts again without one', async () => {
    const on = await servers.storage('verifier');
    const first = await servers.start(on, [
      '--env',
      `POSTGRES_PASSWORD=${scramVerifier(password)}`,
    ]);
    await servers.ask(first, 'create table kept as select 42 as answer');
    await dockerOutput('stop', first);
    const second = await servers.start(on);
    expect(await servers.ask(second, 'select answer from kept')).toBe('42');
  });

  test('has the superuser, database, locale and libraries that were asked for', async () => {
    const container = await servers.start(
      await servers.storage('chosen'),
      [
        '--env',
        'POSTGRES_USER=Some Owner',
        '--env',
        `POSTGRES_PASSWORD=${password}`,
        '--env',
        'POSTGRES_INITDB_ARGS=--locale-provider=icu --icu-locale=en',
      ],
      ['-c', 'shared_preload_libraries=auto_explain'],
    );
    const ask = (sql: string): Promise<string> =>
      servers.ask(container, sql, { user: 'Some Owner', database: 'Some Owner' });
    expect(
      await ask('select datlocprovider from pg_database where datname = current_database()'),
    ).toBe('i');
    expect(await ask('show shared_preload_libraries')).toBe('auto_explain');
    expect(await ask('show data_checksums')).toBe('on');
    expect(await ask('select distinct auth_method from pg_hba_file_rules')).toBe('scram-sha-256');
  });

  test('comes back after a kill, past lock files with a process id that is in use', async () => {
    const on = await servers.storage('killed');
    const first = await servers.start(on, ['--env', `POSTGRES_PASSWORD=${password}`]);
    await servers.ask(first, 'create table kept as select 42 as answer');
    await kill(first);
    const left = 'head -qn 1 /volume/pgdata/postmaster.pid';
    expect(await asRoot(scope, on.data, [left])).toBe('1');
    expect(await asRoot(scope, on.sockets, ['ls -A /volume'])).toBe(
      '.s.PGSQL.5432\n.s.PGSQL.5432.lock',
    );
    // Process 1, which the lock files name, is here neither the new server nor its parent, but of
    // the same user.
    const neighbour = await scope.run(image, 'sleep', 'infinity');
    const second = await servers.start(on, ['--pid', `container:${neighbour}`]);
    expect(await servers.ask(second, 'select answer from kept')).toBe('42');
  });

  test('is made anew after a first start that was killed half-way', async () => {
    const on = await servers.storage('interrupted');
    const environment = ['--env', `POSTGRES_PASSWORD=${password}`];
    const first = await servers.run(on, [...environment, '--cpus', '0.1']);
    await untilPreparing(first);
    await kill(first);
    expect(await asRoot(scope, on.data, ['ls /volume'])).toBe('pgdata.lock\npgdata.preparing');
    const second = await servers.start(on, environment);
    expect(await servers.ask(second, 'select 1')).toBe('1');
    expect(await asRoot(scope, on.data, ['ls /volume'])).toBe('pgdata\npgdata.lock');
  });

  test('ends with 0 when it is stopped during its first start', async () => {
    const container = await servers.run(await servers.storage('early'), [
      '--env',
      `POSTGRES_PASSWORD=${password}`,
      '--cpus',
      '0.1',
    ]);
    await untilPreparing(container);
    await dockerOutput('stop', '--time', '30', container);
    expect(await inspect(container, '{{.State.ExitCode}}')).toBe('0');
  });

  test('finds its socket directory writable, whoever mounted the volume first', async () => {
    const on = await servers.storage('mounted-first');
    expect(await asRoot(scope, on.sockets, ['stat -c %u /volume'])).toBe('0');
    await servers.start(on, ['--env', `POSTGRES_PASSWORD=${password}`]);
    expect(await asRoot(scope, on.sockets, ['stat -c "%u %a" /volume'])).toBe('999 755');
  });
});

describe('refuses to start', () => {
  const given = ['--env', 'POSTGRES_PASSWORD=x'];
  test.each([
    ['without a password', '', [], /no password for the superuser: set POSTGRES_PASSWORD_FILE/],
    [
      'with a password given twice',
      '',
      [...given, '--env', 'POSTGRES_PASSWORD_FILE=/etc/hostname'],
      /POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set: unset one/,
    ],
    [
      'with a password file that is not there',
      '',
      ['--env', 'POSTGRES_PASSWORD_FILE=/run/secrets/none'],
      /POSTGRES_PASSWORD_FILE is \/run\/secrets\/none, which uid 999 cannot read/,
    ],
    [
      'with an MD5 hash',
      '',
      ['--env', `POSTGRES_PASSWORD=md5${'0'.repeat(32)}`],
      /only SCRAM logs in here/,
    ],
    [
      'with another method of authentication',
      '',
      [...given, '--env', 'POSTGRES_HOST_AUTH_METHOD=trust'],
      /POSTGRES_HOST_AUTH_METHOD is trust/,
    ],
    ['as root', '', [...given, '--user', '0'], /the server does not run as root/],
    [
      'on a volume of another user',
      'chown 1000 /volume; touch /volume/notes',
      [...given],
      /uid 999 cannot write to \/var\/lib\/postgresql\/data: .*chown -R 999/,
    ],
    [
      'on files that are no cluster',
      'install -d -o 999 /volume/pgdata; touch /volume/pgdata/notes; chown 999 /volume',
      [...given],
      /pgdata holds files but no PG_VERSION/,
    ],
    [
      'on data of another major version',
      'install -d -o 999 /volume/pgdata; echo 16 >/volume/pgdata/PG_VERSION; chown 999 /volume',
      [...given],
      /holds data of PostgreSQL 16, this image runs PostgreSQL 17.*pg_dumpall.*pg_upgrade/,
    ],
    [
      'beside a cluster in the root of the volume',
      'echo 17 >/volume/PG_VERSION; chown 999 /volume',
      [...given],
      /data itself holds a cluster.*set PGDATA=\/var\/lib\/postgresql\/data/,
    ],
    [
      'with PGDATA a mount point',
      '',
      [...given, '--env', 'PGDATA=/var/lib/postgresql/data'],
      /is a mount point and holds no cluster/,
    ],
  ])('%s', async (name, ...[preparation, options, message]) => {
    const on = await servers.storage(name.replaceAll(' ', '-'));
    const before = await asRoot(scope, on.data, [`${preparation}\nls -AR /volume`]);
    const ended = await servers.refusal(on, ...options);
    expect(ended).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
    // Nothing in the volume has changed, but for the empty lock file.
    expect(
      await asRoot(scope, on.data, ['find /volume -name "*.lock" -empty -delete; ls -AR /volume']),
    ).toBe(before);
  });
});
