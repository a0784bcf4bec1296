import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 100;

export interface Wait {
  readonly deadlineMs: number;
  /** What is waited for, as it stands in the message: `the end of the processes`. */
  readonly what: string;
  /** Pause between two questions; 100 ms when absent. */
  readonly pauseMs?: number;
  /** Why there is nothing left to wait for; asked after each missing answer. */
  readonly failed?: () => string | undefined;
  /** What is known when the time is up; it follows the message on lines of its own. */
  readonly explain?: () => string | Promise<string>;
  readonly signal?: AbortSignal;
}

/**
 * Asks until there is an answer and returns it.
 * @throws {Error} with the reason of `failed`, and after `deadlineMs` with what was waited for
 *   and what is known.
 */
export async function until<Answer>(
  ask: () => Promise<Answer | undefined> | Answer | undefined,
  { deadlineMs, what, pauseMs = PAUSE_MS, failed, explain, signal }: Wait,
): Promise<Answer> {
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const reason = failed?.();
    if (reason !== undefined) throw new Error(reason);
    signal?.throwIfAborted();
    if (Date.now() > endMs) {
      const details = explain === undefined ? '' : `\n${await explain()}`;
      throw new Error(`Timed out after ${deadlineMs / 1000} s waiting for ${what}.${details}`);
    }
    await sleep(pauseMs);
  }
}
