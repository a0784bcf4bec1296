import { expect, test } from '@jest/globals';
import { until } from './until.ts';

/** Answers with each of these in turn, and with the last one from then on. */
function answers<T>(...values: readonly T[]): { asked: number; ask: () => Promise<T> } {
  const source = {
    asked: 0,
    ask: () => {
      const answer = values[Math.min(source.asked, values.length - 1)] as T;
      source.asked += 1;
      return Promise.resolve(answer);
    },
  };
  return source;
}

test('it asks until there is an answer, which may be false or 0, and returns it', async () => {
  const source = answers<number | undefined>(undefined, undefined, 0);
  const wait = { deadlineMs: 60_000, everyMs: 1, what: 'an answer' };
  expect(await until(source.ask, wait)).toBe(0);
  expect(source.asked).toBe(3);
  expect(await until(() => Promise.resolve(false), wait)).toBe(false);
});

test('past its deadline it tells what it waited for and what is missing, a line each', async () => {
  const wait = {
    deadlineMs: -1,
    what: 'two bouncers',
    explain: () => ['a is starting', 'b is gone'],
  };
  await expect(until(answers(undefined).ask, wait)).rejects.toThrow(
    'Timed out after -0.001 s waiting for two bouncers:\n  a is starting\n  b is gone',
  );
});

test('without an explanation the error is one sentence', async () => {
  const wait = { deadlineMs: -1, what: 'an answer' };
  await expect(until(answers(undefined).ask, wait)).rejects.toThrow(/waiting for an answer\.$/);
});

test('an error of what is asked ends the wait at once', async () => {
  const ask = () => Promise.reject(new Error('no right to look'));
  await expect(until(ask, { deadlineMs: 60_000, what: 'an answer' })).rejects.toThrow(
    'no right to look',
  );
});
