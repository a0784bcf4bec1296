import { expect, test } from '@jest/globals';
import { busyShare, describeShare, isQuiet, parseTimes, watchOthers } from './quiet-machine.ts';

const STAT = 'cpu  100 0 50 800 40 0 10 0 7 7\ncpu0 1 1 1 1 1 1 1 1 0 0\n';

test('idle and waiting for a disk are not busy, and guests are counted once', () => {
  expect(parseTimes(STAT)).toEqual({ busy: 160, all: 1_000 });
});

test('the share is of what has passed between two readings', () => {
  const later = 'cpu  130 0 70 900 40 0 10 0 7 7\n';
  expect(busyShare(parseTimes(STAT), parseTimes(later))).toBeCloseTo(50 / 150);
});

test('what this process uses is not on the account of others', () => {
  const stop = watchOthers();
  const untilMs = performance.now() + 100;
  while (performance.now() < untilMs);
  const [alone, without] = [stop({ cpuMs: 0 }), stop({ cpuMs: 1_000 })];
  expect(without).toBeLessThan(alone - 1);
});

test('a tenth is quiet, more is told', () => {
  expect([isQuiet(0.1), isQuiet(0.11), isQuiet(NaN)]).toEqual([true, false, false]);
  expect(describeShare(0.237)).toBe('24 % of its cores are busy');
});
