import { afterEach, expect, jest, test } from '@jest/globals';
import { retryRead } from './read-retry.ts';

afterEach(() => void jest.restoreAllMocks());

const broken = Object.assign(new Error('Connection terminated unexpectedly'), {
  code: 'ECONNRESET',
});

/** A read that fails with these, one after the other, then answers; and how often it was run. */
function failing(...errors: readonly Error[]) {
  let count = 0;
  return {
    get count() {
      return count;
    },
    run(): Promise<string> {
      const error = errors[count];
      count += 1;
      return error === undefined ? Promise.resolve('answer') : Promise.reject(error);
    },
  };
}

test('a read whose client connection broke is run once more, and not a third time', async () => {
  const once = failing(broken);
  expect(await retryRead(() => once.run())).toBe('answer');
  expect(once.count).toBe(2);
  const always = failing(broken, broken, broken);
  await expect(retryRead(() => always.run())).rejects.toBe(broken);
  expect(always.count).toBe(2);
});

test.each([
  ['pool_full', new Error('timeout exceeded when trying to connect')],
  [
    'a statement that took too long',
    Object.assign(new Error('canceling statement'), { code: '57014' }),
  ],
  ['any other error', new TypeError('x is not a function')],
])('%s is not retried', async (_what, error) => {
  const reads = failing(error);
  await expect(retryRead(() => reads.run())).rejects.toBe(error);
  expect(reads.count).toBe(1);
});

test('a connection that needed more than a second to fail is not retried', async () => {
  const startMs = performance.now();
  jest
    .spyOn(performance, 'now')
    .mockReturnValueOnce(startMs)
    .mockReturnValueOnce(startMs + 1_001);
  const reads = failing(broken);
  await expect(retryRead(() => reads.run())).rejects.toBe(broken);
  expect(reads.count).toBe(1);
});

test('between the tries there is a pause, so that what has just broken can come back', async () => {
  const reads = failing(broken);
  const startedAtMs = performance.now();
  await retryRead(() => reads.run());
  expect(performance.now() - startedAtMs).toBeGreaterThan(45);
});
