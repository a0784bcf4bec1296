import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askEngine, type EngineVersion } from './docker-endpoint.ts';
import { toolsDirectory } from '../places.mjs';
import { findProgram, lastLines, runProgram } from '../program.ts';
import type { Report } from '../progress.ts';

const START_DEADLINE_MS = 60_000;
const POLL_MS = 200;
const PID_FILE = '/var/run/docker.pid';

export interface DaemonOptions {
  /** Where it will answer, as in DOCKER_HOST. */
  readonly host: string;
  readonly report: Report;
  /** Further arguments of dockerd; with any, it is always started directly. */
  readonly args?: readonly string[];
  readonly logFile?: string;
}

/** Starts the installed dockerd, by systemd where that runs the machine, else detached with a log in the tools directory; waits until it answers. */
export async function startDaemon(options: DaemonOptions): Promise<EngineVersion> {
  const { host, report, args = [], logFile = join(toolsDirectory(), 'dockerd.log') } = options;
  if (process.getuid?.() !== 0) {
    const command = hasSystemd() ? 'sudo systemctl start docker' : 'sudo dockerd &';
    throw new Error(
      `Docker Engine is installed but not running, and starting it takes root. Run this and then the same command again:\n  ${command}`,
    );
  }
  if (hasSystemd() && args.length === 0) {
    report('starting it: systemctl start docker', 'stays');
    await runProgram('systemctl', ['start', 'docker']);
    return waitForAnswer(host, () => undefined, 'journalctl -u docker');
  }
  if (args.length === 0) {
    if (isStarting()) return waitForAnswer(host, () => undefined, '/var/log/docker.log');
    rmSync(PID_FILE, { force: true });
  }
  return startDetached(host, args, logFile, report);
}

async function startDetached(
  host: string,
  args: readonly string[],
  logFile: string,
  report: Report,
): Promise<EngineVersion> {
  const dockerd = findProgram('dockerd');
  if (dockerd === undefined)
    throw new Error(
      'dockerd is not on PATH although Docker Engine should be installed. Run `apt-get install --reinstall docker.io`.',
    );
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const child = spawn(dockerd, args, { cwd: '/', detached: true, stdio: ['ignore', log, log] });
  let ended: string | undefined;
  child
    .once('error', (error) => (ended = error.message))
    .once('exit', (code, signal) => (ended = `it ended with ${code ?? signal ?? 'nothing'}`));
  child.unref();
  report(
    `started dockerd as process ${child.pid ?? 0}; it keeps running, its log is ${logFile}`,
    'stays',
  );
  return waitForAnswer(host, () => ended, logFile);
}

/** `ended` tells when there is nothing left to wait for, and why. */
async function waitForAnswer(
  host: string,
  ended: () => string | undefined,
  log: string,
): Promise<EngineVersion> {
  const deadlineMs = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const answer = await askEngine(host, process.env);
    if (answer.state === 'up') return answer.version;
    const reason =
      ended() ??
      (Date.now() > deadlineMs
        ? `no answer at ${host} within ${START_DEADLINE_MS / 1000} s`
        : undefined);
    if (reason !== undefined) {
      const words = existsSync(log) ? lastLines(withoutChatter(readFileSync(log, 'utf8')), 10) : '';
      throw new Error(`Docker Engine did not start: ${reason}. See ${log}.\n${words}`);
    }
    await sleep(POLL_MS);
  }
}

/** dockerd's reason is one line among hundreds about its own connections. */
function withoutChatter(log: string): string {
  return log.replace(/^.*level=(?:info|debug).*\n?/gm, '');
}

/**
 * A dockerd that an init script of the package has just started and that does not answer yet. After a power cut the file
 * may name any other process, and a new dockerd would not start because of it.
 */
function isStarting(): boolean {
  if (!existsSync(PID_FILE)) return false;
  const name = `/proc/${readFileSync(PID_FILE, 'utf8').trim()}/comm`;
  return existsSync(name) && readFileSync(name, 'utf8').trim() === 'dockerd';
}

function hasSystemd(): boolean {
  return existsSync('/run/systemd/system');
}
