import { expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { within } from './within.ts';

const late = () => new Error('late');

test('an answer in time is given, and so is its error', async () => {
  expect(await within(1_000, Promise.resolve('answer'), late)).toBe('answer');
  await expect(within(1_000, Promise.reject(new Error('refused')), late)).rejects.toThrow(
    'refused',
  );
});

test('what has not come in time is given up', async () => {
  await expect(within(10, new Promise(() => undefined), late)).rejects.toThrow('late');
});

test('an answer that came while the process was too busy to look is not late', async () => {
  // From here on Node looks at timers first, then at what has arrived.
  await new Promise((resolve) => setImmediate(resolve));
  const answer = within(10, stat(import.meta.filename), late);
  const busyUntilMs = performance.now() + 100;
  while (performance.now() < busyUntilMs);
  expect((await answer).isFile()).toBe(true);
});
