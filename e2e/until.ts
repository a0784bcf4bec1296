import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience<T> {
  /** A minute by default; without an end with Infinity. */
  readonly timeoutMs?: number;
  /** How long it rests between two questions. */
  readonly everyMs?: number;
  /** What the error tells; the last answer by default. */
  readonly explain?: (answer: T) => Promise<string>;
}

/** Asks again and again until the answer fits, and returns it. @throws when that takes too long. */
export async function until<T>(
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
  { timeoutMs = 60_000, everyMs = 200, explain }: Patience<T> = {},
): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > deadlineMs) {
      const told = (await explain?.(answer)) ?? `the last answer: ${JSON.stringify(answer)}`;
      throw new Error(`not within ${timeoutMs / 1_000} s: ${fits.toString()}; ${told}`);
    }
    await sleep(everyMs);
  }
}
