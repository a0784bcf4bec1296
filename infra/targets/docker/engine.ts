import { spawn, spawnSync } from 'node:child_process';
import * as pulumi from '@pulumi/pulumi';

/** Facts of an engine that decide how containers are described to it. */
export interface Engine {
  /** Whether health checks may run more often during the start (Engine API 1.44, Docker 25). */
  readonly hasStartInterval: boolean;
  readonly cpu: 'x64' | 'arm64';
}

/**
 * Where the provider looks by default; the docker command would follow a chosen context instead.
 */
const DEFAULT_HOST = 'unix:///var/run/docker.sock';
/** An engine that does not answer within this is not there. */
const VERSION_DEADLINE_MS = 15_000;
const LAST_LINES = 30;

/**
 * Asks the Docker Engine that the provider will talk to.
 * @throws {pulumi.RunError} when none answers.
 */
export function readEngine(): Engine {
  const { status, stdout, stderr, error } = spawnSync(
    'docker',
    ['version', '--format', '{{.Server.APIVersion}} {{.Server.Arch}}'],
    {
      encoding: 'utf8',
      env: providersEnvironment(),
      timeout: VERSION_DEADLINE_MS,
    },
  );
  if (status !== 0) {
    throw new pulumi.RunError(
      `No Docker Engine answers: ${error?.message ?? stderr.trim()}. ` +
        'Start one, or run npm run tools, which finds or installs it.',
    );
  }
  const [apiVersion = '', architecture = ''] = stdout.trim().split(' ');
  return {
    hasStartInterval: hasStartInterval(apiVersion),
    cpu: architecture === 'arm64' ? 'arm64' : 'x64',
  };
}

/**
 * Runs a created container to its end.
 * @throws {Error} with the container's last lines when it does not exit 0, so that the update fails
 * with its own words.
 */
export async function runToEnd(container: string): Promise<void> {
  const { code, lines } = await runDocker(['start', '--attach', container]);
  if (code === 0) return;
  throw new Error(
    `${container} exited ${code ?? 'by a signal'}:\n${lines.slice(-LAST_LINES).join('\n')}`,
  );
}

interface Ended {
  /** `null` when it was ended by a signal. */
  readonly code: number | null;
  /** What it printed to either stream. */
  readonly lines: readonly string[];
}

/** Runs a docker command to its end, or until it has taken too long. */
export async function runDocker(args: readonly string[], timeoutMs?: number): Promise<Ended> {
  const lines: string[] = [];
  const child = spawn('docker', args, {
    env: providersEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding('utf8')
      .on('data', (text: string) => lines.push(...text.split('\n').filter((line) => line !== '')));
  }
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  return { code, lines };
}

function providersEnvironment(): NodeJS.ProcessEnv {
  const { DOCKER_HOST, DOCKER_CONTEXT } = process.env;
  return DOCKER_HOST === undefined && DOCKER_CONTEXT === undefined
    ? { ...process.env, DOCKER_HOST: DEFAULT_HOST }
    : process.env;
}

/** Tells whether the API is `1.44` or later, by the Engine API's change log. */
export function hasStartInterval(apiVersion: string): boolean {
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 44);
}
