import { setTimeout as sleep } from 'node:timers/promises';
import { type Outcome, send } from './keep-alive-load.ts';

/** Whether a request got no answer, or one that is not as wanted. */
export const isFailed = ({ answer }: Outcome): boolean =>
  answer === undefined || answer.status >= 400;

/**
 * Sends eight requests at once, again and again, each of which needs the database, while something
 * is done: as many client connections as the pool has are in use.
 */
export async function whileBursting(
  url: string,
  action: (outcomes: readonly Outcome[]) => Promise<unknown>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let isOver = false;
  const request = { method: 'GET', path: '/api/guilds/200000000000000001/online' } as const;
  const loop = async (): Promise<void> => {
    while (!isOver) {
      const burst = Array.from({ length: 8 }, () => send(url, request));
      outcomes.push(...(await Promise.all(burst)));
      // Below the limit of requests that an address may send.
      await sleep(100);
    }
  };
  const looping = loop();
  try {
    await action(outcomes);
  } finally {
    isOver = true;
    await looping;
  }
  return outcomes;
}
