import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram, lastLines, tryProgram } from '../program.ts';

const DEFAULT_HOST = 'unix:///var/run/docker.sock';
const ANSWER_MS = 10_000;

export interface Endpoint {
  /** As in DOCKER_HOST: `unix:///path`, `tcp://host:port`, `ssh://user@host`. */
  readonly host: string;
  readonly chosenBy: 'DOCKER_HOST' | `context ${string}` | 'default';
}

/** What the engine says of itself. */
export interface EngineVersion {
  readonly version: string;
  /** Docker's remote API, for example `1.41`. */
  readonly apiVersion: string;
  /** Go's name, for example `amd64`. */
  readonly architecture: string;
}

export type Answer =
  | { readonly state: 'up'; readonly version: EngineVersion }
  | { readonly state: 'down' | 'forbidden'; readonly why: string };

/**
 * Which engine the `docker` command would speak to, in Docker's own order: DOCKER_HOST,
 * DOCKER_CONTEXT, chosen context, default socket.
 */
export async function findEndpoint(env: NodeJS.ProcessEnv): Promise<Endpoint> {
  if (isSet(env.DOCKER_HOST)) return { host: env.DOCKER_HOST, chosenBy: 'DOCKER_HOST' };
  const context = isSet(env.DOCKER_CONTEXT) ? env.DOCKER_CONTEXT : currentContext(env);
  if (context === 'default') return { host: DEFAULT_HOST, chosenBy: 'default' };
  const { stdout, stderr } = await tryProgram(
    'docker',
    ['context', 'inspect', context, '--format', '{{.Endpoints.docker.Host}}'],
    { env, timeoutMs: ANSWER_MS },
  );
  if (stdout.trim() === '')
    throw new Error(
      `Docker's context "${context}" cannot be read: ${lastLines(stderr, 2)}. Choose another ` +
        'with `docker context use`.',
    );
  return { host: stdout.trim(), chosenBy: `context ${context}` };
}

/** Asks the engine for its version; never throws. */
export async function askEngine(host: string, env: NodeJS.ProcessEnv): Promise<Answer> {
  try {
    if (host.startsWith('unix://'))
      return { state: 'up', version: readVersion(await getVersion(host.slice('unix://'.length))) };
    if (findProgram('docker', env) === undefined)
      return {
        state: 'down',
        why: `asking ${host} takes the docker command, which is not on PATH`,
      };
    const { code, stdout, stderr } = await tryProgram(
      'docker',
      ['version', '--format', '{{json .Server}}'],
      { env: { ...env, DOCKER_HOST: host }, timeoutMs: ANSWER_MS },
    );
    return code === 0
      ? { state: 'up', version: readVersion(stdout) }
      : { state: 'down', why: lastLines(stderr, 2) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { state: code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'down', why: message };
  }
}

function getVersion(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: '/version', timeout: ANSWER_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.once('end', () =>
        response.statusCode === 200
          ? resolve(body)
          : reject(new Error(`HTTP ${response.statusCode ?? 0}: ${body}`)),
      );
    });
    call.once('timeout', () =>
      call.destroy(new Error(`no answer from ${socketPath} within ${ANSWER_MS / 1000} s`)),
    );
    call.once('error', reject).end();
  });
}

function readVersion(json: string): EngineVersion {
  const { Version, ApiVersion, APIVersion, Arch } = JSON.parse(json) as Record<string, unknown>;
  const apiVersion = ApiVersion ?? APIVersion;
  if (typeof Version !== 'string' || typeof apiVersion !== 'string' || typeof Arch !== 'string')
    throw new Error(`not a Docker Engine's version: ${json.slice(0, 200)}`);
  return { version: Version, apiVersion, architecture: Arch };
}

function currentContext(env: NodeJS.ProcessEnv): string {
  const folder = isSet(env.DOCKER_CONFIG) ? env.DOCKER_CONFIG : join(homedir(), '.docker');
  try {
    const { currentContext: name } = JSON.parse(
      readFileSync(join(folder, 'config.json'), 'utf8'),
    ) as { currentContext?: string };
    return isSet(name) ? name : 'default';
  } catch {
    return 'default';
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
