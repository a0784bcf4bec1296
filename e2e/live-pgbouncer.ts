import { docker, dockerOutput, type DockerScope } from './docker.ts';
import { asRoot, hardened, writeFiles } from './image-set-up.ts';
import { POOLER_SOCKET_DIRECTORY } from '../infra/settings/standard-names.ts';
import { consoleCommand } from '../infra/running/console.ts';
import type { ShownKey } from '../pgbouncer/shown-config.ts';
import { runImage } from './run-images.ts';
import { until } from './until.ts';

/** A real PgBouncer whose files a test replaces; nothing is behind it. */
export interface LivePgbouncer {
  readonly id: string;
  /** Replaces files in /etc/pgbouncer without telling the process. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Ends the process and starts it on the files as they are. */
  restart(): Promise<void>;
  /**
   * Runs one command on the console, by default as the process's own user. Throws with PgBouncer's
   * words when it is refused.
   */
  console(
    command: string,
    user?: { readonly name: string; readonly password: string },
  ): Promise<readonly (readonly string[])[]>;
  showConfig(): Promise<readonly ShownKey[]>;
}

const [FIELD_END, ROW_END] = ['\x1f', '\x1e'];
const ROWS = [
  '--no-align',
  '--tuples-only',
  '--field-separator',
  FIELD_END,
  '--record-separator',
  ROW_END,
];

/**
 * Starts one in a container of the scope, on an ini that listens in /run/pgbouncer on port 6432; by
 * the image's own command when none is given, and out of everyone's reach without a network.
 */
export async function openLivePgbouncer(
  scope: DockerScope,
  ini: string,
  {
    command = [],
    network = 'none',
    users = '',
  }: {
    readonly command?: readonly string[];
    readonly network?: string;
    readonly users?: string;
  } = {},
): Promise<LivePgbouncer> {
  const config = await writeFiles(scope, 'config', { 'pgbouncer.ini': ini, 'userlist.txt': users });
  await asRoot(scope, config, ['chown -R 998:998 /volume']);
  const sockets = await scope.volume('sockets');
  const id = await scope.run(
    ...hardened,
    '--network',
    network,
    '--no-healthcheck',
    '-v',
    `${config}:/etc/pgbouncer`,
    '-v',
    `${sockets}:${POOLER_SOCKET_DIRECTORY}`,
    await runImage('pgbouncer'),
    ...command,
  );

  const live: LivePgbouncer = {
    id,
    write: async (files) => {
      const script = 'while [ $# -gt 0 ]; do printf %s "$2" >"/etc/pgbouncer/$1"; shift 2; done';
      await dockerOutput('exec', id, 'sh', '-ec', script, 'sh', ...Object.entries(files).flat());
    },
    restart: async () => {
      await dockerOutput('restart', '--time', '5', id);
      await untilConsole(id);
    },
    console: async (command, user) => {
      const as = user === undefined ? [] : ['--username', user.name];
      const text = await dockerOutput(
        'exec',
        '--env',
        `PGPASSWORD=${user?.password ?? ''}`,
        '--env',
        'PGCLIENTENCODING=UTF8',
        id,
        ...consoleCommand(command, ...ROWS),
        // The last one counts.
        ...as,
      );
      return text === '' ? [] : text.split(ROW_END).map((row) => row.split(FIELD_END));
    },
    showConfig: async () => {
      const rows = await live.console('SHOW CONFIG');
      return rows.map(([key = '', value = '', stock = '']) => ({ key, value, stock }));
    },
  };
  await untilConsole(id);
  return live;
}

const untilConsole = (id: string): Promise<unknown> =>
  until(
    () => docker('exec', id, ...consoleCommand('SHOW VERSION')),
    ({ exitCode }) => exitCode === 0,
    {
      everyMs: 50,
      explain: async () => (await docker('logs', '--tail', '20', id)).stderr,
    },
  );
