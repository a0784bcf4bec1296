import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program; it then counts as failed. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ProgramResult {
  /** `null` when it was ended by a signal or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Absolute path of `name` on PATH, where the system's own folders count even if PATH lacks them.
 */
export function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => isExecutable(file));
}

/**
 * Runs to the end and answers, whatever the end. Throws only when a SIGINT or SIGTERM ended us and
 * so the program: nothing may go on then.
 */
export function tryProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { cwd, env, signal, timeoutMs, onLine } = options;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(signal !== undefined && { signal }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
    if (onLine !== undefined) createInterface({ input: child[name] }).on('line', onLine);
  }
  let interruption: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals): void => {
    interruption = signal;
    child.kill('SIGTERM');
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  return new Promise((resolve, reject) => {
    const finish = (code: number | null, failure = ''): void => {
      process.off('SIGINT', end).off('SIGTERM', end);
      if (interruption !== undefined)
        reject(
          new Error(`interrupted by ${interruption}; running the command again goes on from here`),
        );
      else resolve({ code, stdout: text.stdout, stderr: text.stderr + failure });
    };
    child.once('error', (error) => finish(null, error.message));
    child.once('close', (code) => finish(code));
  });
}

/**
 * As `tryProgram`, but a failure throws an error with the command line and the program's last
 * words.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const result = await tryProgram(program, args, options);
  if (result.code === 0) return result;
  const words = lastLines(`${result.stdout}\n${result.stderr}`, 12);
  const how = result.code === null ? 'was ended before it was done' : `ended with ${result.code}`;
  throw new Error(`\`${[program, ...args].join(' ')}\` ${how}.\n${words}`);
}

export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
