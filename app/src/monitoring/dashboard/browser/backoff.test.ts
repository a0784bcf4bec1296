import { expect, test } from '@jest/globals';
import { backoffMs } from './backoff.ts';

test('each failure doubles the wait, up to fifteen seconds', () => {
  expect([0, 1, 2, 3, 4, 5, 1_000].map((failures) => backoffMs(failures, 1))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
  ]);
});

test('chance spreads it over the upper half', () => {
  expect([backoffMs(1, 0), backoffMs(1, 0.5), backoffMs(1, 1)]).toEqual([500, 750, 1_000]);
});
