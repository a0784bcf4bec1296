import { DATABASE } from '../infra/settings/standard-names.ts';
import { dockerOutput, type DockerScope } from './docker.ts';
import { hardened } from './image-set-up.ts';
import { type Login, type PooledDatabase } from './pooled-database.ts';
import { runImage } from './run-images.ts';

/** Sessions of another program; they stay as their script leaves them until they are closed. */
export interface HeldSessions {
  close(): Promise<void>;
}

/**
 * What each session does. `\sleep` is the client's own: Postgres sees a session that has stopped
 * talking.
 */
const scripts = {
  sleepInTransaction: 'BEGIN;\nSELECT 1;\n\\sleep 600 s\n',
  sleepOutsideTransaction: 'SELECT 1;\n\\sleep 600 s\n',
  runForLong: 'SELECT pg_sleep(600);\n',
  lockTable: 'BEGIN;\nLOCK TABLE presence_event IN ACCESS EXCLUSIVE MODE;\n\\sleep 600 s\n',
} as const;

/**
 * Opens `size` sessions at once with pgbench, through PgBouncer or past it. When one of them is
 * refused, none is left. It does not wait until all of them are where the script leads: ask the
 * servers.
 */
export async function holdSessions(
  scope: DockerScope,
  database: PooledDatabase,
  options: {
    readonly size: number;
    readonly way: 'pooled' | 'direct';
    readonly login: Login;
    readonly script: keyof typeof scripts;
  },
): Promise<HeldSessions> {
  const { size, way, login, script } = options;
  const image = await runImage('postgres');
  const [mounts, server] =
    way === 'pooled'
      ? [database.poolerMount, ['-h', '/run/pgbouncer', '-p', '6432']]
      : [database.postgresMount, ['-h', '/run/postgresql']];
  const command =
    'printf %s "$SCRIPT" | exec pgbench --no-vacuum --transactions 1 --file /dev/stdin "$@"';
  const id = await scope.run(
    ...hardened,
    '--network',
    'none',
    '--no-healthcheck',
    ...mounts,
    '--env',
    `SCRIPT=${scripts[script]}`,
    '--env',
    `PGPASSWORD=${login.password}`,
    '--entrypoint',
    'sh',
    image,
    '-c',
    command,
    'sh',
    ...server,
    '-U',
    login.name,
    '--client',
    `${size}`,
    DATABASE,
  );
  return { close: async () => void (await dockerOutput('rm', '--force', id)) };
}
