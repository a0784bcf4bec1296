import { expect, test } from '@jest/globals';
import { until } from './until.ts';

const wait = { deadlineMs: 20, pauseMs: 1, what: 'the third answer' } as const;

test('the first answer that is there is returned, and nothing is asked after it', async () => {
  let asked = 0;
  const ask = (): number | undefined => ((asked += 1) === 3 ? asked : undefined);
  expect(await until(ask, { ...wait, deadlineMs: 10_000 })).toBe(3);
  expect(asked).toBe(3);
});

test('when the time is up, the error names it, what was waited for and what is known', async () => {
  const waiting = until(() => undefined, { ...wait, explain: () => 'It is gone.' });
  await expect(waiting).rejects.toThrow(
    'Timed out after 0.02 s waiting for the third answer.\nIt is gone.',
  );
});

test('a reason to give up ends it before its time', async () => {
  const waiting = until(() => undefined, {
    ...wait,
    deadlineMs: 60_000,
    failed: () => 'It ended.',
  });
  await expect(waiting).rejects.toThrow(/^It ended\.$/);
});

test('so does its signal', async () => {
  const waiting = until(() => undefined, {
    ...wait,
    deadlineMs: 60_000,
    signal: AbortSignal.abort(new Error('stopped')),
  });
  await expect(waiting).rejects.toThrow('stopped');
});
