import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
const EVERY_MS = 200;

/** Asks again and again until the answer fits, and gives it. @throws with the last answer when that takes longer than a minute. */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const givenUpAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > givenUpAtMs)
      throw new Error(
        `not within a minute: ${fits.toString()}; the last answer: ${JSON.stringify(answer)}`,
      );
    await sleep(EVERY_MS);
  }
}
