/** How long it took to get a client connection, over the last ten seconds. */
export interface Acquires {
  readonly count: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

export interface AcquireWindow {
  add(durationMs: number, nowMs: number): void;
  /** Sums up the current second and the nine before it. */
  read(nowMs: number): Acquires;
}

const SECONDS = 10;
const SECOND_MS = 1_000;

interface Slot {
  second: number;
  count: number;
  sumMs: number;
  maxMs: number;
}

/**
 * Creates a window of one slot a second, used in turn, so its memory stays the same. `nowMs` comes
 * from any monotonic clock.
 */
export function createAcquireWindow(): AcquireWindow {
  const slots: Slot[] = Array.from({ length: SECONDS }, () => ({
    second: -SECONDS,
    count: 0,
    sumMs: 0,
    maxMs: 0,
  }));
  return {
    add(durationMs, nowMs) {
      const second = Math.floor(nowMs / SECOND_MS);
      const slot = slots[second % SECONDS];
      if (slot === undefined) return;
      if (slot.second !== second) Object.assign(slot, { second, count: 0, sumMs: 0, maxMs: 0 });
      slot.count += 1;
      slot.sumMs += durationMs;
      slot.maxMs = Math.max(slot.maxMs, durationMs);
    },
    read(nowMs) {
      const oldest = Math.floor(nowMs / SECOND_MS) - SECONDS + 1;
      const recent = slots.filter(({ second }) => second >= oldest);
      const count = recent.reduce((sum, slot) => sum + slot.count, 0);
      const sumMs = recent.reduce((sum, slot) => sum + slot.sumMs, 0);
      return {
        count,
        meanMs: count === 0 ? 0 : sumMs / count,
        maxMs: Math.max(0, ...recent.map(({ maxMs }) => maxMs)),
      };
    },
  };
}
