import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { docker, dockerOutput, inspect, logsOf, openDockerScope } from './docker.ts';
import { asRoot, hardened } from './image-set-up.ts';
import { password, PostgresServers, type Storage } from './postgres-server.ts';
import { runImage } from './run-images.ts';

jest.setTimeout(120_000);
const scope = openDockerScope('postgres-image');
let image: string;
let servers: PostgresServers;

beforeAll(async () => {
  image = await runImage('postgres');
  servers = new PostgresServers(scope, image);
}, 600_000);
afterAll(() => scope.close());

describe('a first start', () => {
  let on: Storage;
  let container: string;

  beforeAll(async () => {
    on = await servers.storage('first');
    container = await servers.start(on, [
      '--env',
      `POSTGRES_PASSWORD=${password}`,
      '--env',
      'POSTGRES_DB=spywatcher',
    ]);
  });

  test('makes the database, with checksums and pg_stat_statements', async () => {
    expect(
      await servers.ask(container, 'select current_database()', { database: 'spywatcher' }),
    ).toBe('spywatcher');
    expect(await servers.ask(container, 'show data_checksums')).toBe('on');
    expect(await servers.ask(container, 'show shared_preload_libraries')).toBe(
      'pg_stat_statements',
    );
  });

  test('lets nobody in without a SCRAM password, on the socket and over TCP', async () => {
    expect(await servers.ask(container, 'select distinct auth_method from pg_hba_file_rules')).toBe(
      'scram-sha-256',
    );
    for (const host of ['/run/postgresql', '127.0.0.1']) {
      const ended = await docker(
        'exec',
        container,
        'psql',
        '-Xw',
        '-h',
        host,
        '-U',
        'postgres',
        '-c',
        'select 1',
      );
      expect(ended).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('no password supplied'),
      });
    }
  });

  test('leaves the password in no volume, log or environment of the server', async () => {
    await servers.ask(container, 'checkpoint');
    expect(await asRoot(scope, on.data, ['grep -rac canary /volume | grep -v ":0$" || :'])).toBe(
      '',
    );
    expect(await logsOf(container)).not.toContain('canary');
    expect(await dockerOutput('exec', container, 'cat', '/proc/1/environ')).not.toContain('canary');
  });

  test('offers its socket to containers that run as another user', async () => {
    const seen = await dockerOutput(
      'run',
      '--rm',
      ...scope.labels,
      ...hardened,
      '--network',
      'none',
      '--user',
      '12345:12345',
      '--volume',
      `${on.sockets}:/run/postgresql`,
      '--env',
      `PGPASSWORD=${password}`,
      image,
      'psql',
      '-XwqAt',
      '-h',
      '/run/postgresql',
      '-U',
      'postgres',
      '-c',
      'select 1',
    );
    expect(seen).toBe('1');
  });

  test('a second server on the same volume refuses and leaves the first alone', async () => {
    const elsewhere = await scope.volume('first-other-sockets');
    const network = await scope.network('other');
    const second = await servers.run({ data: on.data, sockets: elsewhere }, ['--network', network]);
    expect(await dockerOutput('wait', second)).toBe('1');
    expect(await logsOf(second)).toMatch(
      /another server is using .*pgdata\.lock.*Stop the other container first/,
    );
    const [startedAt, finishedAt] = (
      await inspect(second, '{{json .State.StartedAt}} {{json .State.FinishedAt}}')
    )
      .split(' ')
      .map((moment) => Date.parse(JSON.parse(moment) as string));
    expect(Number(finishedAt) - Number(startedAt)).toBeLessThan(1000);
    expect(await servers.ask(container, 'select 1')).toBe('1');
  });

  test('a server of other data does not take over the sockets of a living one', async () => {
    const refused = await servers.refusal(
      { data: await scope.volume('first-other-data'), sockets: on.sockets },
      '--env',
      'POSTGRES_PASSWORD=x',
    );
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('another server answers on /run/postgresql'),
    });
    expect(await servers.ask(container, 'select 1')).toBe('1');
  });

  test('another first start has another system identifier', async () => {
    const other = await servers.start(await servers.storage('identity'), [
      '--env',
      `POSTGRES_PASSWORD=${password}`,
    ]);
    const identify = 'select system_identifier from pg_control_system()';
    expect(await servers.ask(other, identify)).not.toBe(await servers.ask(container, identify));
  });
});
