import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EVERY_MS = 1_000;

export interface Wait {
  readonly deadlineMs: number;
  /** A second by default. */
  readonly everyMs?: number;
  /** What is waited for, as it ends the sentence `Timed out after 15 s waiting for ...`. */
  readonly what: string;
  /** Tells, once it is too late, what was still missing; a line each. */
  readonly explain?: () => readonly string[] | Promise<readonly string[]>;
}

/**
 * Asks again and again until there is an answer. It asks at least once, and once more after the
 * deadline has passed. An error of `ask` ends the wait at once.
 * @throws {Error} with the explanation when there is no answer in time.
 */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  { deadlineMs, everyMs = ASK_EVERY_MS, what, explain = () => [] }: Wait,
): Promise<T> {
  for (const givenUpAtMs = Date.now() + deadlineMs; ; await sleep(everyMs)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > givenUpAtMs) {
      const lines = (await explain()).map((line) => `\n  ${line}`);
      const colon = lines.length === 0 ? '.' : ':';
      throw new Error(
        `Timed out after ${deadlineMs / 1_000} s waiting for ${what}${colon}${lines.join('')}`,
      );
    }
  }
}
