import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { askEngine, type EngineVersion } from './docker-endpoint.ts';
import { toolsDirectory } from '../places.mjs';
import { findProgram, lastLines, runProgram } from '../program.ts';
import type { Report } from '../progress.ts';
import { until } from '../until.ts';

const START_DEADLINE_MS = 60_000;
const POLL_MS = 200;
const PID_FILE = '/var/run/docker.pid';

interface DaemonOptions {
  /** Where it will answer, as in DOCKER_HOST. */
  readonly host: string;
  readonly report: Report;
  /** Further arguments of dockerd; with any, it is always started directly. */
  readonly args?: readonly string[];
  readonly logFile?: string;
}

/**
 * Starts the installed dockerd, by systemd where that runs the machine, else detached with a log in
 * the tools directory; waits until it answers.
 */
export async function startDaemon(options: DaemonOptions): Promise<EngineVersion> {
  const { host, report, args = [], logFile = join(toolsDirectory(), 'dockerd.log') } = options;
  if (process.getuid?.() !== 0) {
    const command = hasSystemd() ? 'sudo systemctl start docker' : 'sudo dockerd &';
    throw new Error(
      'Docker Engine is installed but not running, and starting it takes root. Run this and ' +
        'then the same command again:\n' +
        `  ${command}`,
    );
  }
  if (hasSystemd() && args.length === 0) {
    report('starting it: systemctl start docker', 'stays');
    await runProgram('systemctl', ['start', 'docker']);
    return waitForAnswer({ host, log: 'journalctl -u docker' });
  }
  if (args.length === 0) {
    if (isStarting()) return waitForAnswer({ host, log: '/var/log/docker.log' });
    rmSync(PID_FILE, { force: true });
  }
  return startDetached({ host, args, logFile, report });
}

async function startDetached({
  host,
  args,
  logFile,
  report,
}: Required<DaemonOptions>): Promise<EngineVersion> {
  const dockerd = findProgram('dockerd');
  if (dockerd === undefined)
    throw new Error(
      'dockerd is not on PATH although Docker Engine should be installed. Run `apt-get ' +
        'install --reinstall docker.io`.',
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
  return waitForAnswer({ host, log: logFile, ended: () => ended });
}

interface Start {
  readonly host: string;
  /** File, or command for a person, that holds dockerd's reasons. */
  readonly log: string;
  /** Why there is nothing left to wait for. */
  readonly ended?: () => string | undefined;
}

async function waitForAnswer({ host, log, ended }: Start): Promise<EngineVersion> {
  const lastWords = (): string =>
    existsSync(log) ? lastLines(withoutChatter(readFileSync(log, 'utf8')), 10) : '';
  return until(
    async () => {
      const answer = await askEngine(host, process.env);
      return answer.state === 'up' ? answer.version : undefined;
    },
    {
      deadlineMs: START_DEADLINE_MS,
      pauseMs: POLL_MS,
      what: `Docker Engine to answer at ${host}`,
      failed: () => {
        const reason = ended?.();
        return reason === undefined
          ? undefined
          : `Docker Engine did not start: ${reason}. See ${log}.\n${lastWords()}`;
      },
      explain: () => `See ${log}.\n${lastWords()}`,
    },
  );
}

/** dockerd's reason is one line among hundreds about its own connections. */
function withoutChatter(log: string): string {
  return log.replace(/^.*level=(?:info|debug).*\n?/gm, '');
}

/**
 * A dockerd that an init script of the package has just started and that does not answer yet. After
 * a power cut the file may name any other process, and a new dockerd would not start because of it.
 */
function isStarting(): boolean {
  if (!existsSync(PID_FILE)) return false;
  const name = `/proc/${readFileSync(PID_FILE, 'utf8').trim()}/comm`;
  return existsSync(name) && readFileSync(name, 'utf8').trim() === 'dockerd';
}

function hasSystemd(): boolean {
  return existsSync('/run/systemd/system');
}
