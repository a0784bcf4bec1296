import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const SAMPLE_EVERY_MS = 50;
const PAGE_BYTES = 4096;

interface Process {
  readonly parent: number;
  readonly bytes: number;
  readonly program: string;
}

/**
 * Follows the memory of a program and of all processes below it, wherever it is started below this
 * process.
 * @returns the way to stop, which gives the highest sum of resident sets in MiB; pages that several
 *   processes share count for each.
 */
export function followMemory(program: string): () => number {
  let highest = 0;
  const timer = setInterval(() => {
    highest = Math.max(highest, sumBelow(program));
  }, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    return highest / 2 ** 20;
  };
}

function sumBelow(program: string): number {
  const processes = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const found = readProcess(name);
        return found === undefined ? [] : [[Number(name), found] as const];
      }),
  );
  const isBelow = (pid: number, isFound: (pid: number) => boolean): boolean =>
    isFound(pid) || (pid > 1 && isBelow(processes.get(pid)?.parent ?? 0, isFound));
  return [...processes].reduce(
    (sum, [pid, { bytes }]) =>
      isBelow(pid, (at) => processes.get(at)?.program === program) &&
      isBelow(pid, (at) => at === process.pid)
        ? sum + bytes
        : sum,
    0,
  );
}

function readProcess(pid: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return {
      parent: Number(fields[1]),
      bytes: Number(fields[21]) * PAGE_BYTES,
      program: basename(program),
    };
  } catch {
    return undefined;
  }
}
