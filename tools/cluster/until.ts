import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 100;

export interface Wait {
  readonly deadlineMs: number;
  /** What is waited for, for the message. */
  readonly what: string;
  /** Why there is nothing left to wait for. */
  readonly failed?: () => string | undefined;
  readonly signal?: AbortSignal;
}

/** Asks until there is an answer and returns it. Throws when `failed` says so, and after `deadlineMs`. */
export async function until<Answer>(ask: () => Promise<Answer | undefined> | Answer | undefined, { deadlineMs, what, failed, signal }: Wait): Promise<Answer> {
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const reason = failed?.();
    if (reason !== undefined) throw new Error(reason);
    signal?.throwIfAborted();
    if (Date.now() > endMs) throw new Error(`Waited ${deadlineMs / 1000} s for ${what} in vain.`);
    await sleep(PAUSE_MS);
  }
}
