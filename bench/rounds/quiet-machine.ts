import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** At most this share of all cores may be busy when measuring begins. */
const QUIET_SHARE = 0.1;
const SAMPLE_MS = 1_000;
const PATIENCE_SAMPLES = 60;

/**
 * Waits until the machine does nothing else, a minute at most.
 * @returns the share of all cores that was busy at the end of the wait.
 */
export async function waitForQuiet(
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  let share = 1;
  for (let sample = 0; sample < PATIENCE_SAMPLES; sample += 1) {
    const before = readTimes();
    await sleep(SAMPLE_MS, undefined, { signal });
    share = busyShare(before, readTimes());
    if (share <= QUIET_SHARE) return share;
    report(`waiting for a quiet machine: ${describeShare(share)}`);
  }
  return share;
}

export const isQuiet = (share: number): boolean => share <= QUIET_SHARE;

export const describeShare = (share: number): string =>
  `${Math.round(share * 100)} % of its cores are busy`;

/** Clock ticks of all cores together. */
interface Times {
  /** With interrupts: a process is charged for those that come while it runs. */
  readonly busy: number;
  readonly all: number;
}

/** USER_HZ, which is the same on every Linux of today. */
const TICK_MS = 10;
/** Cores that others may use in a round; above it the round says more about them. */
const OTHERS_CORES = 0.25;

const readTimes = (): Times => parseTimes(readFileSync('/proc/stat', 'utf8'));

/**
 * The first line counts, over all cores: user nice system idle iowait irq softirq steal.
 * https://docs.kernel.org/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat
 */
export function parseTimes(stat: string): Times {
  const counts = (stat.split('\n', 1)[0] ?? '').trim().split(/\s+/).slice(1, 9).map(Number);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const [, , , idle = 0, waiting = 0] = counts;
  return { busy: all - idle - waiting, all };
}

export const busyShare = (before: Times, after: Times): number =>
  (after.busy - before.busy) / Math.max(1, after.all - before.all);

/** Begins to watch; gives how many cores were busy meanwhile for others than those named. */
export function watchOthers(): (own: { readonly cpuMs: number }) => number {
  const [before, startedAtMs] = [readTimes(), performance.now()];
  const ownBefore = process.cpuUsage();
  return ({ cpuMs }) => {
    const busyMs = (readTimes().busy - before.busy) * TICK_MS;
    const { user, system } = process.cpuUsage(ownBefore);
    const othersMs = busyMs - cpuMs - (user + system) / 1_000;
    return othersMs / (performance.now() - startedAtMs);
  };
}

/** Whether others took so much of the machine that a round has to be repeated. */
export const isDisturbed = (othersCores: number): boolean => othersCores > OTHERS_CORES;
