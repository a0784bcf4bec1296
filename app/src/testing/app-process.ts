import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { once } from 'node:events';
import type { AppEnvironmentVariables } from '../environment/app-environment.ts';
import { findFreePort } from './free-port.ts';

/** The real app as a process of its own. */
export interface AppProcess {
  readonly url: string;
  readonly port: number;
  readonly log: readonly LogLine[];
  /** What it wrote to stderr so far. */
  stderr(): string;
  /**
   * The first line with this message, once it is there; rejects when the process ends without it.
   */
  logged(msg: string): Promise<LogLine>;
  kill(signal: NodeJS.Signals): void;
  /** How it ended: an exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** A port where nothing listens: everything is refused at once. */
const NOBODY = '127.0.0.1:1';

/**
 * Starts app/src/main.ts on a free port; what is not given points nowhere. `preload` runs in the
 * process before it.
 */
export async function startApp(
  variables: Partial<Record<string, string>> = {},
  preload?: string,
): Promise<AppProcess> {
  const port = Number(variables['PORT'] ?? (await findFreePort()));
  const env: AppEnvironmentVariables = {
    ENVIRONMENT: 'test',
    HOST: '127.0.0.1',
    PORT: `${port}`,
    ADMIN_PORT: `${port}`,
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'info',
    DATABASE_URL: `postgresql://spywatcher:canary-password@${NOBODY}/spywatcher`,
    DATABASE_POOL_MAX: '2',
    DATABASE_ACQUIRE_TIMEOUT_MS: '1000',
    DATABASE_IDLE_TIMEOUT_MS: '10000',
    DATABASE_MAX_LIFETIME_SECONDS: '600',
    DATABASE_TRANSACTION_TIMEOUT_MS: '3000',
    DATABASE_STATEMENT_NAMES: '50',
    REDIS_URL: `redis://spywatcher:canary-password@${NOBODY}`,
    REDIS_COMMAND_TIMEOUT_MS: '100',
    REQUEST_TIMEOUT_MS: '5000',
    KEEP_ALIVE_TIMEOUT_MS: '60000',
    SHUTDOWN_DRAIN_DELAY_MS: '0',
    SHUTDOWN_DEADLINE_MS: '10000',
    PUBLIC_RATE_LIMIT_PER_MINUTE: '1000000',
    MONITORING: 'off',
  };
  const preloading =
    preload === undefined
      ? []
      : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(
    process.execPath,
    [...preloading, join(import.meta.dirname, '..', 'main.ts')],
    {
      env: { ...env, ...variables, NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  return observe(child, port);
}

function observe(child: ChildProcess, port: number): AppProcess {
  const log: LogLine[] = [];
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines = child.stdout === null ? undefined : createInterface(child.stdout);
  lines?.on('line', (line) => log.push(JSON.parse(line) as LogLine));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    log,
    stderr: () => stderr,
    async logged(msg) {
      for (;;) {
        const found = log.find((line) => line.msg === msg);
        if (found !== undefined) return found;
        const news = await Promise.race([lines === undefined ? ended : once(lines, 'line'), ended]);
        if (!Array.isArray(news) && !log.some((line) => line.msg === msg)) {
          throw new Error(
            `the app ended with ${news} before it logged "${msg}"; last lines: ` +
              `${JSON.stringify(log.slice(-3))} ${stderr}`,
          );
        }
      }
    },
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
