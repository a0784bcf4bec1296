import type pg from 'pg';
import { createAcquireWindow, type Acquires } from './acquire-window.ts';
import { SpreadPool } from './spread-pool.ts';

type AcquireCallback = Parameters<pg.Pool['connect']>[0];

/**
 * Pool that measures how long work waits for a client connection, including work that gets none in
 * the end. Still a `pg.Pool`, which is what Prisma's adapter asks for; its queries, too, come
 * through `connect`.
 */
export class MeasuredPool extends SpreadPool {
  readonly #window = createAcquireWindow();
  /** Start of each wait that still lasts, the oldest first: a Set keeps its order of insertion. */
  readonly #waits = new Set<{ readonly sinceMs: number }>();
  #listener: ((seconds: number) => void) | undefined;

  /**
   * Calls the listener with the length of each wait that ends. A second listener replaces the
   * first.
   */
  onAcquire(listener: (seconds: number) => void): void {
    this.#listener = listener;
  }

  get acquires(): Acquires {
    return this.#window.read(performance.now());
  }

  /** Age of the oldest wait that still lasts; 0 when nothing waits. */
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
