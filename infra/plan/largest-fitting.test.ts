import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { largestFitting } from './largest-fitting.ts';

test('the last value that fits is found, be it the first, the last or between', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 500 }),
      fc.nat(500),
      fc.nat(600),
      (from, width, offset) => {
        const limit = from + offset;
        expect(largestFitting({ from, to: from + width }, (value) => value <= limit)).toBe(
          Math.min(limit, from + width),
        );
      },
    ),
  );
});

test('it takes no more questions than there are halves', () => {
  let asked = 0;
  largestFitting({ from: 1, to: 16_000 }, (value) => {
    asked += 1;
    return value <= 97;
  });
  expect(asked).toBeLessThanOrEqual(14);
});
