import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { findFreePort } from '../app/src/testing/free-port.ts';
import { type Credentials, deriveCredentials } from '../infra/credentials.ts';
import { docker, dockerOutput, type Ended } from './docker.ts';

const checkout = resolve(import.meta.dirname, '..');

export type StackSettings = Readonly<Record<string, unknown>>;

/** A throw-away environment of our own commands: own stack name, own backend, own ports; beside any other that runs. */
export interface TestStack {
  readonly name: string;
  readonly appPort: number;
  readonly poolerPort: number;
  /** Free, for a test that gives the admin routes a port of their own. */
  readonly adminPort: number;
  readonly appUrl: string;
  readonly rootSecret: string;
  /** Everything that the commands have printed so far. */
  readonly printed: readonly string[];
  /** Writes the settings file; what is not given stands at its default. */
  configure(settings?: StackSettings): void;
  /** One of the project's npm commands on this stack. */
  run(command: 'up' | 'down' | 'preview', ...args: string[]): Promise<Ended>;
  /** As `run`, and throws with what was printed when it does not exit 0. */
  mustRun(command: 'up' | 'down' | 'preview', ...args: string[]): Promise<string>;
  /** `npm run pulumi -- ARGS`. */
  pulumi(...args: string[]): Promise<Ended>;
  /** Starts a command and gives its process, to be ended half-way. */
  start(command: 'up'): ReturnType<typeof spawn>;
  credentials(version?: number): Credentials;
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
  const backend = mkdtempSync(join(tmpdir(), `${name}-`));
  const rootSecret = `canary-${randomBytes(24).toString('hex')}`;
  const file = join(checkout, `Pulumi.${name}.yaml`);
  const [appPort, poolerPort, adminPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const env: NodeJS.ProcessEnv = { ...process.env, PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString('hex') };
  const printed: string[] = [];
  const labels = ['--filter', 'label=project=spywatcher', '--filter', `label=stack=${name}`];

  const start = (...args: string[]): ReturnType<typeof spawn> => spawn(process.execPath, [join(checkout, 'tools', 'run.mjs'), ...args], { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const run = (...args: string[]): Promise<Ended> => ended(start(...args), printed);

  const stack: TestStack = {
    name,
    appPort,
    poolerPort,
    adminPort,
    appUrl: `http://127.0.0.1:${appPort}`,
    rootSecret,
    printed,
    configure: (settings = {}) => writeSettings(file, withPorts(settings, appPort, poolerPort)),
    run: (command, ...args) => run(command, name, ...args),
    mustRun: (command, ...args) => mustEndWell(run(command, name, ...args)),
    pulumi: (...args) => run('pulumi', ...args, '--stack', name),
    start: (command) => start(command, name),
    credentials: (version = 1) => deriveCredentials({ rootSecret, version }),
    containerName: (component) => `spywatcher-${name}-${component}`,
    containers: async () => {
      const lines = (await dockerOutput('ps', '--all', '--no-trunc', ...labels, '--format', '{{.Names}} {{.ID}}')).split('\n').filter((line) => line !== '');
      return new Map(lines.map((line) => line.split(' ') as [string, string]));
    },
    psqlDirect: (sql, version) => {
      const { owner } = stack.credentials(version);
      return dockerOutput('exec', stack.containerName('postgres'), 'psql', '-XAt', `postgresql://${owner.name}:${owner.password}@postgres:5432/spywatcher`, '-c', sql);
    },
    console: async (command) =>
      (await dockerOutput('exec', stack.containerName('pgbouncer'), 'psql', '-XAt', '-h', '/run/pgbouncer', '-p', '6432', '-U', 'pgbouncer', '-c', command, 'pgbouncer')).split('\n'),
    close: async () => {
      await removeObjects(labels, `spywatcher-${name}`);
      rmSync(backend, { recursive: true, force: true });
      rmSync(file, { force: true });
    },
  };
  try {
    stack.configure();
    await mustEndWell(run('pulumi', 'stack', 'init', name, '--no-select'));
    await mustEndWell(run('pulumi', 'config', 'set', '--secret', 'rootSecret', rootSecret, '--stack', name));
  } catch (error) {
    await stack.close();
    throw error;
  }
  return stack;
}

/** What was printed. Throws with it when the command did not exit 0. */
async function mustEndWell(running: Promise<Ended>): Promise<string> {
  const { exitCode, stdout, stderr } = await running;
  if (exitCode !== 0) throw new Error(`The command exited ${exitCode}:\n${stdout}\n${stderr}`);
  return `${stdout}\n${stderr}`;
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

/** Keeps what Pulumi itself wrote into the file: the encrypted secret and its salt. */
function writeSettings(file: string, settings: StackSettings): void {
  const before = (existsSync(file) ? parse(readFileSync(file, 'utf8')) : {}) as { config?: StackSettings };
  const secret = before.config?.['spywatcher:rootSecret'];
  const config = { ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`spywatcher:${key}`, value])), ...(secret === undefined ? {} : { 'spywatcher:rootSecret': secret }) };
  writeFileSync(file, stringify({ ...before, config }));
}

function ended(child: ReturnType<typeof spawn>, printed: string[]): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream]?.setEncoding('utf8').on('data', (chunk: string) => (text[stream] += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      printed.push(text.stdout, text.stderr);
      resolve({ exitCode: code ?? -1, stdout: text.stdout, stderr: text.stderr });
    });
  });
}

async function removeObjects(labels: readonly string[], prefix: string): Promise<void> {
  const ids = async (...list: string[]): Promise<string[]> => (await dockerOutput(...list)).split('\n').filter((id) => id !== '');
  const each = async (found: readonly string[], ...command: string[]): Promise<void> => {
    if (found.length > 0) await docker(...command, ...found);
  };
  await each(await ids('ps', '--all', '--quiet', ...labels), 'rm', '--force', '--volumes');
  await each(await ids('network', 'ls', '--quiet', ...labels), 'network', 'rm');
  await each(await ids('volume', 'ls', '--quiet', ...labels), 'volume', 'rm', '--force');
  await each(await ids('images', '--quiet', '--filter', `reference=${prefix}/*`), 'rmi', '--force');
}
