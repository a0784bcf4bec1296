import { join } from 'node:path';
import { installPackages } from '../debian/debian-packages.ts';
import { startDaemon } from './docker-daemon.ts';
import { askEngine, findEndpoint, type Endpoint, type EngineVersion } from './docker-endpoint.ts';
import { withLock } from '../lock.mjs';
import { toolsDirectory } from '../places.mjs';
import { findProgram } from '../program.ts';
import type { Report } from '../progress.ts';

export interface DockerEngine extends EngineVersion, Endpoint {
  /** Whether this call started it. */
  readonly wasStarted: boolean;
}

/**
 * A Docker Engine that answers. One that runs is used as it is: never restarted, never
 * reconfigured. With none, root on Debian or Ubuntu gets one installed and started, after saying
 * so; anyone else an error with the commands to run. An engine chosen by DOCKER_HOST or a context
 * is the user's: it is never replaced by another.
 */
export async function ensureDockerEngine(
  report: Report,
  env: NodeJS.ProcessEnv = process.env,
): Promise<DockerEngine> {
  const endpoint = await findEndpoint(env);
  const answer = await askEngine(endpoint.host, env);
  if (answer.state === 'up') return { ...endpoint, ...answer.version, wasStarted: false };
  if (answer.state === 'forbidden') {
    throw new Error(
      `Docker runs, but this user may not use it (${answer.why}). Run these, log in again, ` +
        'and then the same command:\n' +
        '  sudo usermod -aG docker "$USER"',
    );
  }
  if (endpoint.chosenBy !== 'default') {
    throw new Error(
      `The Docker Engine at ${endpoint.host} (chosen by ${endpoint.chosenBy}) does not ` +
        `answer: ${answer.why}. Start it, or choose another with DOCKER_HOST or \`docker ` +
        'context use default`.',
    );
  }
  if (process.platform !== 'linux')
    throw new Error(
      'No Docker Engine is running. Start Docker Desktop (or another engine) and run this again.',
    );
  return withLock(join(toolsDirectory(), 'docker-engine.lock'), report, () =>
    installAndStart(endpoint, env, report),
  );
}

async function installAndStart(
  endpoint: Endpoint,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<DockerEngine> {
  if (findProgram('dockerd') === undefined || findProgram('docker') === undefined) {
    // From Debian 13 on the command is a package of its own, which docker.io only recommends.
    await installPackages({
      packages: ['docker.io', 'iptables', 'ca-certificates'],
      whereKnown: ['docker-cli'],
      purpose: 'Docker Engine',
      report,
    });
  }
  // The package, or a run that held the lock before us, may have started it.
  const alreadyUp = await askEngine(endpoint.host, env);
  const version =
    alreadyUp.state === 'up'
      ? alreadyUp.version
      : await startDaemon({ host: endpoint.host, report });
  return { ...endpoint, ...version, wasStarted: true };
}
