import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionFailure } from './database-failure.ts';

const MIN_DELAY_MS = 50;
const JITTER_MS = 150;

/**
 * Longest first try that is repeated: a dead client connection fails at once, and a slower failure
 * leaves a second try too little of the request's time.
 */
const MAX_FIRST_TRY_MS = 1_000;

/**
 * Runs a read, and once more when its client connection broke: after a restart of the server or the
 * pooler the pool still holds dead client connections. Writes are never retried here: they may have
 * happened.
 */
export async function retryRead<T>(read: () => Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  try {
    return await read();
  } catch (error) {
    if (!isConnectionFailure(error) || performance.now() - startedAtMs > MAX_FIRST_TRY_MS)
      throw error;
    await sleep(MIN_DELAY_MS + JITTER_MS * Math.random());
    return await read();
  }
}
