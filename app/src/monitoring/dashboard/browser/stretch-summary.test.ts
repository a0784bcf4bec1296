import { expect, test } from '@jest/globals';
import { summarizeStretches } from './stretch-summary.ts';

const MINUTE_MS = 60_000;
const ok = { verdict: 'ok', fromMs: 0, toMs: 60 * MINUTE_MS } as const;

test('an hour without trouble is one sentence, and so is one with it', () => {
  expect(summarizeStretches([ok], 60 * MINUTE_MS)).toBe('In the last hour: all well throughout.');
  const down = { verdict: 'down', fromMs: 50 * MINUTE_MS, toMs: 58 * MINUTE_MS } as const;
  const saturated = { verdict: 'saturated', fromMs: 58 * MINUTE_MS, toMs: 60 * MINUTE_MS } as const;
  expect(
    summarizeStretches([{ ...ok, toMs: 50 * MINUTE_MS }, down, saturated], 60 * MINUTE_MS),
  ).toBe('In the last hour: saturated for 2 min, down for 8 min.');
});

test('a time without samples is not called a good one', () => {
  const stretches = [
    { ...ok, toMs: 10 * MINUTE_MS },
    { ...ok, fromMs: 30 * MINUTE_MS, toMs: 40 * MINUTE_MS },
  ];
  expect(summarizeStretches(stretches, 40 * MINUTE_MS)).toBe(
    'In the last 40 min: all well, not measured for 20 min.',
  );
});

test('before there are two samples nothing is claimed', () => {
  expect(summarizeStretches([], 5_000)).toBe('Not measured for long enough yet.');
  expect(summarizeStretches([{ ...ok, fromMs: 5_000, toMs: 10_000 }], 5_000)).toBe(
    'Not measured for long enough yet.',
  );
});
