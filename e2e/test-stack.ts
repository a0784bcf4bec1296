import { findFreePort } from '../app/src/testing/free-port.ts';
import { consoleCommand } from '../infra/running/console.ts';
import { docker, dockerOutput } from './docker.ts';
import { stackImages } from './run-images.ts';
import { openStackProject, type StackProject, type StackSettings } from './stack-project.ts';

export type { StackSettings };

/**
 * A throw-away environment on the Docker Engine: own stack name, own backend, own ports; beside any
 * other that runs.
 */
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

/**
 * @param images that its settings name: those of the run, or `none`, so that its `up` builds them.
 */
export async function openTestStack(
  purpose: string,
  images: 'of the run' | 'none' = 'of the run',
): Promise<TestStack> {
  const name = `test-${purpose}-${process.pid}`;
  const [appPort, poolerPort, adminPort] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  const labels = ['--filter', 'label=project=spywatcher', '--filter', `label=stack=${name}`];
  const named = images === 'none' ? {} : await stackImages();
  const complete = (settings: StackSettings): StackSettings =>
    completeSettings(settings, { appPort, poolerPort, images: named });
  const project = await openStackProject(name, complete({}));
  const containerName = (component: string): string => `spywatcher-${name}-${component}`;
  return {
    ...project,
    appPort,
    poolerPort,
    adminPort,
    appUrl: `http://127.0.0.1:${appPort}`,
    configure: (settings = {}) => project.write(complete(settings)),
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
    console: async (command) => {
      const psql = consoleCommand(command, '--no-align', '--tuples-only');
      return (await dockerOutput('exec', containerName('pgbouncer'), ...psql)).split('\n');
    },
    close: async () => {
      await removeObjects(labels, `spywatcher-${name}`);
      project.close();
    },
  };
}

/** The settings with what is this test's own, and without protection unless it is asked for. */
function completeSettings(
  settings: StackSettings,
  {
    appPort,
    poolerPort,
    images,
  }: {
    readonly appPort: number;
    readonly poolerPort: number;
    readonly images: Readonly<Record<string, string>>;
  },
): StackSettings {
  const part = (key: string): StackSettings => (settings[key] ?? {}) as StackSettings;
  const { postgres, ...others } = images;
  const withPostgres =
    postgres === undefined || part('postgres')['external'] !== undefined ? {} : { postgres };
  // A cluster pulls its images from a registry, which has none of the run's.
  const own = settings['target'] === 'kubernetes' ? {} : { ...others, ...withPostgres };
  const isProtected = part('postgres')['protect'] === true;
  return {
    target: 'docker',
    credentialsVersion: 1,
    ...settings,
    images: { ...own, ...part('images') },
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
