import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { docker, dockerOutput, inspect, logsOf, openDockerScope, untilHealth } from './docker.ts';
import { hardened, quickProbe, writeFiles } from './image-set-up.ts';
import { runImage } from './run-images.ts';

jest.setTimeout(120_000);
const scope = openDockerScope('images');

interface Server {
  readonly uid: number;
  readonly program: string;
  /** What the server itself says about an orderly end. */
  readonly farewell: RegExp;
  prepare(): Promise<readonly string[]>;
}

const servers: Readonly<Record<'postgres' | 'redis' | 'pgbouncer', Server>> = {
  postgres: {
    uid: 999,
    program: 'postgres',
    farewell: /received fast shutdown request[^]*database system is shut down/,
    prepare: async () => [
      '--volume',
      `${await scope.volume('pg-data')}:/var/lib/postgresql/data`,
      '--volume',
      `${await scope.volume('pg-sockets')}:/run/postgresql`,
      '--env',
      'POSTGRES_PASSWORD=anything',
    ],
  },
  redis: {
    uid: 997,
    program: 'redis-server',
    farewell: /Received SIGTERM[^]*Redis is now ready to exit/,
    prepare: async () => [
      '--volume',
      `${await scope.volume('redis-data')}:/data`,
      '--volume',
      `${await writeFiles(scope, 'redis-config', {
        'redis.conf': 'dir /data\nappendonly yes\naclfile /etc/redis/users.acl\n',
        'users.acl': 'user default on nopass resetkeys -@all +ping\n',
      })}:/etc/redis:ro`,
    ],
  },
  pgbouncer: {
    uid: 998,
    program: 'pgbouncer',
    farewell: /got SIGINT, shutting down/,
    prepare: async () => [
      '--volume',
      `${await scope.volume('pooler-sockets')}:/run/pgbouncer`,
      '--volume',
      `${await writeFiles(scope, 'pooler-config', {
        'pgbouncer.ini':
          '[databases]\n[pgbouncer]\nunix_socket_dir = /run/pgbouncer\nlisten_port = 6432\n',
      })}:/etc/pgbouncer:ro`,
    ],
  },
};

afterAll(() => scope.close());

describe.each(['postgres', 'redis', 'pgbouncer'] as const)('the %s image', (component) => {
  const server = servers[component];
  let image: string;
  let container: string;

  beforeAll(async () => {
    image = await runImage(component);
    container = await scope.run(...hardened, ...quickProbe, ...(await server.prepare()), image);
    await untilHealth(container, 'healthy');
  }, 600_000);

  test('names a numeric user', async () => {
    expect(await inspect(image, '{{.Config.User}}')).toBe(`${server.uid}:${server.uid}`);
  });

  test('runs its server as PID 1 with no capability and no way to gain one', async () => {
    const status = await dockerOutput('exec', container, 'cat', '/proc/1/status');
    expect(status).toMatch(new RegExp(`^Name:\\s${server.program}$`, 'm'));
    expect(status).toMatch(new RegExp(`^Uid:(\\s${server.uid}){4}$`, 'm'));
    for (const set of ['CapPrm', 'CapEff', 'CapBnd'])
      expect(status).toMatch(new RegExp(`^${set}:\\s0{16}$`, 'm'));
    expect(status).toMatch(/^NoNewPrivs:\s1$/m);
  });

  test('runs on a read-only root without a tmpfs', async () => {
    expect((await docker('exec', container, 'touch', '/tmp/x')).stderr).toContain(
      'Read-only file system',
    );
    expect(await inspect(container, '{{len .HostConfig.Tmpfs}}')).toBe('0');
  });

  test('is unhealthy while its server is stuck, healthy when it goes on', async () => {
    await dockerOutput('kill', '--signal', 'STOP', container);
    await untilHealth(container, 'unhealthy');
    await dockerOutput('kill', '--signal', 'CONT', container);
    await untilHealth(container, 'healthy');
  });

  test('ends in order and with 0 when it is stopped', async () => {
    await dockerOutput('stop', '--time', '10', container);
    expect(await inspect(container, '{{.State.ExitCode}}')).toBe('0');
    expect(await logsOf(container)).toMatch(server.farewell);
  });
});
