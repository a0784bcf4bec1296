import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MIN_PAIRS, summarizeRatios } from './paired-ratio.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test.each([
  // Ranks as in any table of the sign test at 95 %.
  [6, 3.5, 1, 6],
  [9, 5, 2, 8],
  [12, 6.5, 3, 10],
  [20, 10.5, 6, 15],
  [40, 20.5, 14, 27],
])('of %i ratios the median is %d, between the %i. and the %i.', (...row) => {
  const [count, median, low, high] = row;
  expect(summarizeRatios(upTo(count))).toEqual({ median, low, high, pairs: count });
});

test('the order does not matter, and the median is never outside its bounds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), {
        minLength: MIN_PAIRS,
        maxLength: 60,
      }),
      (ratios) => {
        const summary = summarizeRatios(ratios);
        expect(summarizeRatios(ratios.toReversed())).toEqual(summary);
        expect(summary.low).toBeLessThanOrEqual(summary.median);
        expect(summary.median).toBeLessThanOrEqual(summary.high);
      },
    ),
  );
});

test('fewer than six ratios say nothing, and are refused', () => {
  expect(() => summarizeRatios(upTo(5))).toThrow('got 5 pairs, need at least 6');
});
