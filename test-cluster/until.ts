import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 100;

export interface Wait {
  readonly deadlineMs: number;
  /** What is waited for, for the message. */
  readonly what: string;
  /** Why there is nothing left to wait for. */
  readonly failed?: () => string | undefined;
  /** What is known when the time is up. */
  readonly explain?: () => Promise<string>;
  readonly signal?: AbortSignal;
}

/** Asks until there is an answer and returns it. Throws when `failed` says so, and after `deadlineMs`. */
export async function until<Answer>(
  ask: () => Promise<Answer | undefined> | Answer | undefined,
  { deadlineMs, what, failed, explain, signal }: Wait,
): Promise<Answer> {
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const reason = failed?.();
    if (reason !== undefined) throw new Error(reason);
    signal?.throwIfAborted();
    if (Date.now() > endMs)
      throw new Error(
        `Waited ${deadlineMs / 1000} s for ${what} in vain.${explain === undefined ? '' : `\n${await explain()}`}`,
      );
    await sleep(PAUSE_MS);
  }
}
