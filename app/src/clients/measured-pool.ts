import pg from 'pg';
import { createAcquireWindow, type Acquires } from './acquire-window.ts';

type AcquireCallback = Parameters<pg.Pool['connect']>[0];

/**
 * A pool that knows how long work waits for a client connection, also the work that gets none in the end.
 * Still a `pg.Pool`, which is what Prisma's adapter asks for; its queries, too, come through `connect`.
 */
export class MeasuredPool extends pg.Pool {
  readonly #window = createAcquireWindow();
  /** When each wait that still lasts began, the oldest first: a Set keeps the order in which they came. */
  readonly #waits = new Set<{ readonly sinceMs: number }>();
  #listener: ((seconds: number) => void) | undefined;

  /** Calls for each wait that ends, with its length. One listener; another one takes its place. */
  onAcquire(listener: (seconds: number) => void): void {
    this.#listener = listener;
  }

  get acquires(): Acquires {
    return this.#window.read(performance.now());
  }

  /** Of the work that waits now: 0 when none does. */
  get longestWaitMs(): number {
    const [oldest] = this.#waits;
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: AcquireCallback): void;
  override connect(callback?: AcquireCallback): Promise<pg.PoolClient> | void {
    const wait = { sinceMs: performance.now() };
    this.#waits.add(wait);
    if (callback === undefined) return this.#measure(wait);
    super.connect((error, client, release) => {
      this.#end(wait);
      callback(error, client, release);
    });
  }

  async #measure(wait: { readonly sinceMs: number }): Promise<pg.PoolClient> {
    try {
      return await super.connect();
    } finally {
      this.#end(wait);
    }
  }

  #end(wait: { readonly sinceMs: number }): void {
    const nowMs = performance.now();
    this.#waits.delete(wait);
    this.#window.add(nowMs - wait.sinceMs, nowMs);
    this.#listener?.((nowMs - wait.sinceMs) / 1_000);
  }
}
