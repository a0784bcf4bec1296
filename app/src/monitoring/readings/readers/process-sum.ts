import type { PoolerCounts, PoolerTotals, PoolerUse } from '../readings.ts';

/** What the console of one process gave, or why it gave nothing. */
export interface ProcessReading {
  readonly host: string;
  readonly settled: PromiseSettledResult<PoolerCounts>;
}

/**
 * Adds up the counts of several processes of PgBouncer. Totals count on where a process ends or
 * starts again from 0: otherwise the sum would fall by all that it had counted, and whoever takes
 * that for a restart would count the others a second time.
 * @returns a function that adds up the readings of all processes, in their order.
 */
export function createProcessSum(): (readings: readonly ProcessReading[]) => PoolerCounts {
  const books = new Map<string, TotalsBook>();
  const book = (host: string): TotalsBook => {
    const found = books.get(host) ?? new TotalsBook();
    books.set(host, found);
    return found;
  };
  return (readings) => {
    const answered = readings.flatMap(({ host, settled }, index) =>
      settled.status === 'fulfilled' ? [{ process: index + 1, host, counts: settled.value }] : [],
    );
    if (answered.length === 0)
      for (const { settled } of readings) if (settled.status === 'rejected') throw settled.reason;
    for (const { host, counts } of answered) book(host).add(counts.totals);
    return {
      ...sumUses(answered.map(({ counts }) => counts)),
      totals: sumOf([...books.values()].map(({ totals }) => totals)),
      drift: answered.flatMap(({ process, counts }) =>
        counts.drift.map((drift) => ({ ...drift, process })),
      ),
      processes: {
        all: readings.length,
        silent: readings.flatMap(({ host, settled }, index) =>
          settled.status === 'rejected' ? [{ process: index + 1, host }] : [],
        ),
        each: answered.map(({ process, counts: { clients, servers, maxWaitMs } }) => ({
          process,
          clients,
          servers,
          maxWaitMs,
        })),
      },
    };
  };
}

/** Totals of one process that never fall. */
class TotalsBook {
  #before: PoolerTotals | undefined;
  #last: PoolerTotals | undefined;

  add(totals: PoolerTotals): void {
    const last = this.#last;
    const hasFallen = last !== undefined && keysOf(totals).some((key) => totals[key] < last[key]);
    if (hasFallen) this.#before = this.totals;
    this.#last = totals;
  }

  get totals(): PoolerTotals {
    return sumOf([this.#before, this.#last].filter((totals) => totals !== undefined));
  }
}

function sumUses(uses: readonly PoolerUse[]): PoolerUse {
  return {
    clients: sumOf(uses.map(({ clients }) => clients)),
    servers: sumOf(uses.map(({ servers }) => servers)),
    maxWaitMs: Math.max(...uses.map(({ maxWaitMs }) => maxWaitMs)),
  };
}

/** The sum of each number by its name. */
function sumOf<T extends object>(parts: readonly T[]): T {
  const [first] = parts;
  if (first === undefined) throw new Error('There is nothing to add up.');
  return Object.fromEntries(
    keysOf(first).map((key) => [key, parts.reduce((total, part) => total + Number(part[key]), 0)]),
  ) as T;
}

const keysOf = <T extends object>(value: T): (keyof T)[] => Object.keys(value) as (keyof T)[];
