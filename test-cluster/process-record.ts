import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Names one process for good: a process id alone comes back for another process, and all of them do
 * after a restart of the machine.
 */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks from the machine's start to the process's. */
  readonly startTicks: number;
  readonly bootId: string;
}

/**
 * What /proc tells of a process; `undefined` when there is none, or only what its parent has not
 * fetched yet.
 */
export function readProcess(
  pid: number,
): { readonly parent: number; readonly startTicks: number } | undefined {
  const text = readQuietly(`/proc/${pid}/stat`);
  // The name comes second, in brackets, and may hold brackets and spaces itself.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { parent: Number(fields[1]), startTicks: Number(fields[19]) };
}

/** @throws when no process has that id. */
export function recordProcess(pid: number): ProcessRecord {
  const found = readProcess(pid);
  if (found === undefined) throw new Error(`Process ${pid} ended as soon as it was started.`);
  return { pid, startTicks: found.startTicks, bootId: bootId() };
}

export function isRunning({ pid, startTicks, bootId: recorded }: ProcessRecord): boolean {
  return recorded === bootId() && readProcess(pid)?.startTicks === startTicks;
}

export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readProcess(pid)?.parent === parent);
}

/** One file per process. */
export function writeRecord(folder: string, name: string, record: ProcessRecord): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(record));
}

function readRecord(folder: string, name: string): ProcessRecord | undefined {
  const text = readQuietly(join(folder, `${name}.json`));
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as ProcessRecord);
}

/** The recorded process, if it still runs. */
export function findRunning(folder: string, name: string): ProcessRecord | undefined {
  const record = readRecord(folder, name);
  return record !== undefined && isRunning(record) ? record : undefined;
}

export function recordedNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

function readQuietly(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
