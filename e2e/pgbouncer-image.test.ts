import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { docker, dockerOutput, inspect, logsOf, openDockerScope, untilHealth } from './docker.ts';
import { asRoot, hardened, quickProbe, writeFiles } from './image-set-up.ts';
import { runImage } from './run-images.ts';

jest.setTimeout(120_000);
const scope = openDockerScope('pgbouncer-image');
let image: string;
let config: string;

const ini = (port: number): string =>
  `[databases]\n[pgbouncer]\nunix_socket_dir = /run/pgbouncer\nlisten_port = ` +
  `${port}\nadmin_users = nobody_else\n`;

beforeAll(async () => {
  image = await runImage('pgbouncer');
  config = await writeFiles(scope, 'config', {
    'pgbouncer.ini': ini(6432),
    'other-port.ini': ini(7777),
  });
}, 600_000);
afterAll(() => scope.close());

const run = (
  sockets: string,
  options: readonly string[] = [],
  command: readonly string[] = [],
): Promise<string> =>
  scope.run(
    ...hardened,
    ...quickProbe,
    '--volume',
    `${sockets}:/run/pgbouncer`,
    '--volume',
    `${config}:/etc/pgbouncer:ro`,
    ...options,
    image,
    ...command,
  );

const console = [
  'psql',
  '-XwqAt',
  '-h',
  '/run/pgbouncer',
  '-p',
  '6432',
  '-U',
  'pgbouncer',
  'pgbouncer',
  '-c',
  'SHOW VERSION',
];

describe('the build', () => {
  const tag = (floor: string): string => `${scope.name}/floor-${floor}`;
  const build = (floor: string): ReturnType<typeof docker> =>
    docker(
      'build',
      '--force-rm',
      '--target',
      'packages',
      '--build-arg',
      `PGBOUNCER_FLOOR=${floor}`,
      '--tag',
      tag(floor),
      'pgbouncer',
    );

  test('fails below the floor, and names the floor and what is on offer', async () => {
    const ended = await build('99.0');
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stdout + ended.stderr).toMatch(
      /pgbouncer must be 99\.0 or newer; \S+ offers 1\.\S+ in trixie and 1\.\S+ in forky/,
    );
  });

  test("takes the release's own package, when it is at the floor, and no other", async () => {
    const ended = await build('1.0');
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout + ended.stderr).not.toContain('forky');
    await dockerOutput('rmi', tag('1.0'));
  });
});

describe('the pooler', () => {
  let sockets: string;
  let pooler: string;

  beforeAll(async () => {
    sockets = await scope.volume('sockets');
    pooler = await run(sockets);
    await untilHealth(pooler, 'healthy');
  });

  test('is at the floor', async () => {
    const [major, minor, patch] =
      /(\d+)\.(\d+)\.(\d+)/
        .exec(await dockerOutput('exec', pooler, ...console))
        ?.slice(1)
        .map(Number) ?? [];
    expect(
      [Number(major), Number(minor), Number(patch)].reduce((sum, part) => sum * 1000 + part, 0),
    ).toBeGreaterThanOrEqual(1_026_001);
  });

  test('has the public authorities, by which a server outside is judged', async () => {
    expect(
      Number(
        await dockerOutput(
          'exec',
          pooler,
          'grep',
          '--count',
          'BEGIN CERTIFICATE',
          '/etc/ssl/certs/ca-certificates.crt',
        ),
      ),
    ).toBeGreaterThan(100);
  });

  test('opens its console without a password to its own user id and to no other', async () => {
    const neighbour = (user: string): ReturnType<typeof docker> =>
      docker(
        'run',
        '--rm',
        ...scope.labels,
        ...hardened,
        '--network',
        'none',
        '--user',
        user,
        '--volume',
        `${sockets}:/run/pgbouncer`,
        image,
        ...console,
      );
    expect(await neighbour('998:998')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('PgBouncer'),
    });
    expect(await neighbour('12345:12345')).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('a second one does not take over the socket of a living one', async () => {
    const second = await run(sockets);
    expect(await dockerOutput('wait', second)).toBe('1');
    expect(await logsOf(second)).toContain('unix socket is in use');
    expect(await dockerOutput('exec', pooler, ...console)).toContain('PgBouncer');
  });

  test('comes back past the socket that a killed one left', async () => {
    await dockerOutput('kill', '--signal', 'KILL', pooler);
    await dockerOutput('wait', pooler);
    expect(await asRoot(scope, sockets, ['ls -A /volume'])).toBe('.s.PGSQL.6432');
    const next = await run(sockets);
    await untilHealth(next, 'healthy');
    expect(await inspect(next, '{{.State.Running}}')).toBe('true');
  });

  test('is probed on the port that PGBOUNCER_PORT names', async () => {
    const command = ['pgbouncer', '/etc/pgbouncer/other-port.ini'];
    const fresh = await scope.volume('other-port');
    await untilHealth(await run(fresh, ['--env', 'PGBOUNCER_PORT=7777'], command), 'healthy');
    await untilHealth(await run(await scope.volume('wrong-port'), [], command), 'unhealthy');
  });
});

test("the volume of Postgres' sockets is Postgres' own, whoever mounts it first", async () => {
  const sockets = await scope.volume('postgres-sockets');
  const pooler = await run(await scope.volume('own-sockets'), [
    '--volume',
    `${sockets}:/run/postgresql`,
  ]);
  await untilHealth(pooler, 'healthy');
  expect(await dockerOutput('exec', pooler, 'stat', '-c', '%u:%g %a', '/run/postgresql')).toBe(
    '999:999 755',
  );
});
