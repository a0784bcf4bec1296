import { execFile } from 'node:child_process';
import { until } from './until.ts';

/** How a command of the docker CLI ended; text is trimmed. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `docker ...args`. Answers in every case; throws only when there is no docker CLI. */
export function docker(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile('docker', args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') {
        reject(new Error('the docker CLI cannot be started: put it on PATH', { cause: error }));
        return;
      }
      const exitCode = typeof error?.code === 'number' ? error.code : 0;
      resolve({ exitCode, stdout: stdout.trim(), stderr: stderr.trim() });
    });
  });
}

/**
 * Runs `docker ...args` and gives its stdout. Throws with the command and its stderr when it exits
 * other than 0.
 */
export async function dockerOutput(...args: readonly string[]): Promise<string> {
  const ended = await docker(...args);
  if (ended.exitCode !== 0)
    throw new Error(`docker ${args.join(' ')} exited ${ended.exitCode}: ${ended.stderr}`);
  return ended.stdout;
}

/** On all that a scope makes. */
export const TEST_LABEL = 'project=spywatcher-test';

/**
 * A name of its own and a label for all that one test file makes, and the closer that removes it
 * again.
 */
export interface DockerScope {
  /** Prefix for names; two runs at a time never share it. */
  readonly name: string;
  /** Arguments for `run`, `volume create`, `network create` that let `close` find the object. */
  readonly labels: readonly string[];
  /** Starts a detached container and gives its id. */
  run(...args: readonly string[]): Promise<string>;
  volume(suffix: string): Promise<string>;
  network(suffix: string, ...args: readonly string[]): Promise<string>;
  /** Removes everything the scope made, whatever state it is in. */
  close(): Promise<void>;
}

export function openDockerScope(purpose: string): DockerScope {
  const name = `spywatcher-${purpose}-${process.pid}`;
  const labels = ['--label', TEST_LABEL, '--label', `scope=${name}`];
  const ours = ['--filter', `label=scope=${name}`];
  const remove = async (list: readonly string[], command: readonly string[]): Promise<void> => {
    const found = (await dockerOutput(...list)).split('\n').filter((id) => id !== '');
    if (found.length > 0) await dockerOutput(...command, ...found);
  };
  return {
    name,
    labels,
    run: (...args) => dockerOutput('run', '--detach', ...labels, ...args),
    volume: (suffix) => dockerOutput('volume', 'create', ...labels, `${name}-${suffix}`),
    network: async (suffix, ...args) => {
      await dockerOutput('network', 'create', ...labels, ...args, `${name}-${suffix}`);
      return `${name}-${suffix}`;
    },
    close: async () => {
      await remove(['ps', '--all', '--quiet', ...ours], ['rm', '--force', '--volumes']);
      await remove(['network', 'ls', '--quiet', ...ours], ['network', 'rm']);
      await remove(['volume', 'ls', '--quiet', ...ours], ['volume', 'rm', '--force']);
    },
  };
}

/** One field of an object, by a Go template such as `{{.State.ExitCode}}`. */
export const inspect = (id: string, template: string): Promise<string> =>
  dockerOutput('inspect', '--format', template, id);

/**
 * Waits until the container's own healthcheck reports `status`. Throws with its log when it exits,
 * or after 30 s.
 */
export async function untilHealth(id: string, status: 'healthy' | 'unhealthy'): Promise<void> {
  const [running = '', health = ''] = await until(
    async () => (await inspect(id, '{{.State.Running}} {{.State.Health.Status}}')).split(' '),
    ([isRunning, found]) => found === status || isRunning !== 'true',
    { timeoutMs: 30_000, everyMs: 100, explain: () => logsOf(id) },
  );
  if (health !== status)
    throw new Error(
      `container ${id} is ${health}, running: ${running}, instead of ` +
        `${status}:\n${await logsOf(id)}`,
    );
}

/** Everything a container has logged so far, stdout and stderr. */
export async function logsOf(id: string): Promise<string> {
  const { stdout, stderr } = await docker('logs', id);
  return `${stdout}\n${stderr}`;
}
