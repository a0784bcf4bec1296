import { expect, test } from '@jest/globals';
import { addCounts, showCounts } from './test-run.ts';

const files = (...seconds: number[]) =>
  seconds.map((time) => ({ path: `e2e/${time}.test.ts`, seconds: time }));

test('the ten slowest files come before the closing line, the slowest first', () => {
  const counts = addCounts([
    { passed: 3, failed: 0, files: files(1, 12.34, 3, 4, 5, 6) },
    { passed: 4, failed: 1, files: files(100, 8, 9, 10, 11) },
  ]);
  expect(showCounts(counts).split('\n')).toEqual([
    'Slowest test files:',
    '   100.0 s  e2e/100.test.ts',
    '    12.3 s  e2e/12.34.test.ts',
    ...[11, 10, 9, 8, 6, 5, 4, 3].map(
      (time) => `${`${time}.0`.padStart(8)} s  e2e/${time}.test.ts`,
    ),
    '7 passed, 1 failed',
  ]);
});

test('a run of one file ends with the closing line alone', () => {
  expect(showCounts({ passed: 2, failed: 0, files: files(7) })).toBe('2 passed, 0 failed');
});
