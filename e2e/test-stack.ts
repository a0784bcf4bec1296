import { findFreePort } from '../app/src/testing/free-port.ts';
import { docker, dockerOutput } from './docker.ts';
import { openStackProject, type StackProject, type StackSettings } from './stack-project.ts';

export type { StackSettings };

/** A throw-away environment on the Docker Engine: own stack name, own backend, own ports; beside any other that runs. */
export interface TestStack extends Omit<StackProject, 'write' | 'close'> {
  readonly appPort: number;
  readonly poolerPort: number;
  /** Free, for a test that gives the admin routes a port of their own. */
  readonly adminPort: number;
  readonly appUrl: string;
  /** Writes the settings file; what is not given stands at its default. */
  configure(settings?: StackSettings): void;
  containerName(component: string): string;
  /** Ids of the containers of this stack by name. */
  containers(): Promise<ReadonlyMap<string, string>>;
  /** One query over the direct URL, as psql inside the Postgres container. */
  psqlDirect(sql: string, version?: number): Promise<string>;
  /** One command on PgBouncer's console; rows with `|` between the fields. */
  console(command: string): Promise<readonly string[]>;
  /** Removes everything of the stack from the machine, whatever state it is in. */
  close(): Promise<void>;
}

export async function openTestStack(purpose: string): Promise<TestStack> {
  const name = `test-${purpose}-${process.pid}`;
  const [appPort, poolerPort, adminPort] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  const labels = ['--filter', 'label=project=spywatcher', '--filter', `label=stack=${name}`];
  const project = await openStackProject(name, withPorts({}, appPort, poolerPort));
  const containerName = (component: string): string => `spywatcher-${name}-${component}`;
  return {
    ...project,
    appPort,
    poolerPort,
    adminPort,
    appUrl: `http://127.0.0.1:${appPort}`,
    configure: (settings = {}) => project.write(withPorts(settings, appPort, poolerPort)),
    containerName,
    containers: async () => {
      const lines = (
        await dockerOutput('ps', '--all', '--no-trunc', ...labels, '--format', '{{.Names}} {{.ID}}')
      )
        .split('\n')
        .filter((line) => line !== '');
      return new Map(lines.map((line) => line.split(' ') as [string, string]));
    },
    psqlDirect: (sql, version) => {
      const { owner } = project.credentials(version);
      return dockerOutput(
        'exec',
        containerName('postgres'),
        'psql',
        '-XAt',
        `postgresql://${owner.name}:${owner.password}@postgres:5432/spywatcher`,
        '-c',
        sql,
      );
    },
    console: async (command) =>
      (
        await dockerOutput(
          'exec',
          containerName('pgbouncer'),
          'psql',
          '-XAt',
          '-h',
          '/run/pgbouncer',
          '-p',
          '6432',
          '-U',
          'pgbouncer',
          '-c',
          command,
          'pgbouncer',
        )
      ).split('\n'),
    close: async () => {
      await removeObjects(labels, `spywatcher-${name}`);
      project.close();
    },
  };
}

/** A settings map with the ports of this test, and without protection unless it is asked for. */
function withPorts(settings: StackSettings, appPort: number, poolerPort: number): StackSettings {
  const part = (key: string): StackSettings => (settings[key] ?? {}) as StackSettings;
  const isProtected = part('postgres')['protect'] === true;
  return {
    target: 'docker',
    credentialsVersion: 1,
    ...settings,
    app: { port: appPort, ...part('app') },
    pooler: { ...(isProtected ? {} : { publishPort: poolerPort }), ...part('pooler') },
    postgres: { protect: false, ...part('postgres') },
    redis: { protect: false, ...part('redis') },
  };
}

async function removeObjects(labels: readonly string[], prefix: string): Promise<void> {
  const ids = async (...list: string[]): Promise<string[]> =>
    (await dockerOutput(...list)).split('\n').filter((id) => id !== '');
  const each = async (found: readonly string[], ...command: string[]): Promise<void> => {
    if (found.length > 0) await docker(...command, ...found);
  };
  await each(await ids('ps', '--all', '--quiet', ...labels), 'rm', '--force', '--volumes');
  await each(await ids('network', 'ls', '--quiet', ...labels), 'network', 'rm');
  await each(await ids('volume', 'ls', '--quiet', ...labels), 'volume', 'rm', '--force');
  await each(await ids('images', '--quiet', '--filter', `reference=${prefix}/*`), 'rmi', '--force');
}
