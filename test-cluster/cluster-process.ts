import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lastLines } from '../toolchain/program.ts';
import { enterNode, type Network, PATH_INSIDE } from './node-namespaces.ts';
import type { ClusterPlaces } from './places.ts';
import {
  findRunning,
  isRunning,
  type ProcessRecord,
  recordProcess,
  writeRecord,
} from './process-record.ts';
import { until } from '../toolchain/until.ts';

const READY_DEADLINE_MS = 90_000;

export interface ClusterProcess {
  readonly name: string;
  /** Absolute path, or a program of the system. */
  readonly program: string;
  readonly args: readonly string[];
  readonly network?: Network;
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Its configuration by absolute path; written before it starts and never under it, since
   * kube-proxy ends when its file changes.
   */
  readonly files?: Readonly<Record<string, string>>;
  /** Answers with anything but `undefined` when it does its work. */
  readonly isReady?: () => Promise<true | undefined>;
}

/** Where processes are started. */
interface NodeContext {
  readonly places: ClusterPlaces;
  readonly node: ProcessRecord;
  /** Ends the wait for a process that is not ready yet. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a process in the node unless it runs, and waits until it is ready. Throws with the
 * process, its last words and its log when it ends instead.
 */
export async function ensureProcess(
  { places, node, signal }: NodeContext,
  wanted: ClusterProcess,
): Promise<'ready' | 'done'> {
  const { name, isReady } = wanted;
  const running = findRunning(places.processes, name);
  const record = running ?? start(places, node, wanted);
  await until(async () => (isReady === undefined ? true : isReady()), {
    deadlineMs: READY_DEADLINE_MS,
    what: `${name} (log: ${logFile(places, name)})`,
    failed: () => (isRunning(record) ? undefined : describeEnd(places, name)),
    ...(signal && { signal }),
  });
  return running !== undefined ? 'ready' : 'done';
}

export const logFile = (places: ClusterPlaces, name: string): string =>
  join(places.logs, `${name}.log`);

/** Why a process is no more, as far as its log tells. */
export function describeEnd(places: ClusterPlaces, name: string): string {
  const file = logFile(places, name);
  const words = existsSync(file) ? lastLines(readFileSync(file, 'utf8'), 8) : '(none)';
  return `${name} has ended. Its log is ${file}; its last lines:\n${words}`;
}

/**
 * nsenter stays as the parent of what it starts, and ends with it: its process id stands for both.
 */
function start(
  places: ClusterPlaces,
  node: ProcessRecord,
  { name, program, args, network, env = {}, files = {} }: ClusterProcess,
): ProcessRecord {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const [enter, ...rest] = enterNode(node, network);
  const log = openSync(logFile(places, name), 'a');
  // None of the caller's environment: a proxy setting would send the node's own traffic away.
  const child = spawn(enter, [...rest, program, ...args], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: PATH_INSIDE, ...env },
  });
  child.once('error', () => undefined); // shows as a missing process
  child.unref();
  if (child.pid === undefined)
    throw new Error(`${name} could not be started: ${enter} is missing. Install util-linux.`);
  const record = recordProcess(child.pid);
  writeRecord(places.processes, name, record);
  return record;
}
