import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Credentials, deriveCredentials } from '../infra/credentials.ts';
import { SECRET_SETTINGS } from '../infra/settings/secret-settings.ts';
import type { Ended } from './docker.ts';

const checkout = resolve(import.meta.dirname, '..');

type StackCommand = 'up' | 'down' | 'preview' | 'backup' | 'restore';

export type StackSettings = Readonly<Record<string, unknown>>;

/**
 * A throw-away stack of our own commands: own name, own backend, own settings file, on whatever
 * target.
 */
export interface StackProject {
  readonly name: string;
  readonly rootSecret: string;
  /** Everything that the commands have printed so far. */
  readonly printed: readonly string[];
  /** Writes the settings file; what is not given stands at its default. */
  write(settings: StackSettings): void;
  /** One of the project's npm commands on this stack. */
  run(command: StackCommand, ...args: string[]): Promise<Ended>;
  /** As `run`, and throws with what was printed when it does not exit 0. */
  mustRun(command: StackCommand, ...args: string[]): Promise<string>;
  /** `npm run pulumi -- ARGS`. */
  pulumi(...args: string[]): Promise<Ended>;
  /** The outputs of the stack, secret ones too; they are not kept in `printed`. */
  readOutputs(): Promise<Readonly<Record<string, string>>>;
  /** Starts a command and gives its process, to be ended half-way. */
  start(command: 'up'): ReturnType<typeof spawn>;
  credentials(version?: number): Credentials;
  /**
   * Forgets the stack: its state, its settings file. What it made on its target is the caller's to
   * remove.
   */
  close(): void;
}

/** Makes the stack in a backend of its own, with these settings and a secret of its own. */
export async function openStackProject(
  name: string,
  settings: StackSettings,
): Promise<StackProject> {
  const backend = mkdtempSync(join(tmpdir(), `${name}-`));
  const rootSecret = `canary-${randomBytes(24).toString('hex')}`;
  const file = join(checkout, `Pulumi.${name}.yaml`);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString('hex'),
  };
  const printed: string[] = [];

  const start = (...args: string[]): ReturnType<typeof spawn> =>
    spawn(process.execPath, [join(checkout, 'tools', 'run.mjs'), ...args], {
      cwd: checkout,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const run = (...args: string[]): Promise<Ended> => ended(start(...args), printed);

  const project: StackProject = {
    name,
    rootSecret,
    printed,
    write: (next) => writeSettings(file, next),
    run: (command, ...args) => run(command, name, ...args),
    mustRun: (command, ...args) => mustEndWell(run(command, name, ...args)),
    pulumi: (...args) => run('pulumi', ...args, '--stack', name),
    readOutputs: async () => {
      const outputs = start('pulumi', 'stack', 'output', '--json', '--show-secrets', '-s', name);
      return JSON.parse((await ended(outputs)).stdout) as Readonly<Record<string, string>>;
    },
    start: (command) => start(command, name),
    credentials: (version = 1) => deriveCredentials({ rootSecret, version }),
    close: () => {
      rmSync(backend, { recursive: true, force: true });
      rmSync(file, { force: true });
    },
  };
  try {
    project.write(settings);
    await mustEndWell(run('pulumi', 'stack', 'init', name, '--no-select'));
    await mustEndWell(
      run('pulumi', 'config', 'set', '--secret', 'rootSecret', rootSecret, '--stack', name),
    );
  } catch (error) {
    project.close();
    throw error;
  }
  return project;
}

/** The settings of a stack as it is committed, without its secret. */
export function settingsOf(stack: string): StackSettings {
  const { config = {} } = parse(readFileSync(join(checkout, `Pulumi.${stack}.yaml`), 'utf8')) as {
    config?: StackSettings;
  };
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key === 'spywatcher:rootSecret' ? [] : [[key.replace('spywatcher:', ''), value]],
    ),
  );
}

/** What was printed. Throws with it when the command did not exit 0. */
async function mustEndWell(running: Promise<Ended>): Promise<string> {
  const { exitCode, stdout, stderr } = await running;
  if (exitCode !== 0) throw new Error(`The command exited ${exitCode}:\n${stdout}\n${stderr}`);
  return `${stdout}\n${stderr}`;
}

/** Keeps what Pulumi itself wrote into the file: the encrypted secrets and their salt. */
function writeSettings(file: string, settings: StackSettings): void {
  const before = (existsSync(file) ? parse(readFileSync(file, 'utf8')) : {}) as {
    config?: StackSettings;
  };
  const secrets = Object.entries(before.config ?? {}).filter(
    ([key, value]) =>
      typeof value === 'object' && SECRET_SETTINGS.some((name) => key === `spywatcher:${name}`),
  );
  const config = {
    ...Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [`spywatcher:${key}`, value]),
    ),
    ...Object.fromEntries(secrets),
  };
  writeFileSync(file, stringify({ ...before, config }));
}

/** Waits for a command and gives what it printed; `printed` gets it too. */
export function ended(child: ReturnType<typeof spawn>, printed: string[] = []): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.setEncoding('utf8').on('data', (chunk: string) => (text[stream] += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      printed.push(text.stdout, text.stderr);
      resolve({ exitCode: code ?? -1, stdout: text.stdout, stderr: text.stderr });
    });
  });
}
