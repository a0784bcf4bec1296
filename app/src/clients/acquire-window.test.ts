import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAcquireWindow } from './acquire-window.ts';

test('nothing acquired is a count of 0, and no NaN', () => {
  expect(createAcquireWindow().read(123_456)).toEqual({ count: 0, meanMs: 0, maxMs: 0 });
});

test('count, mean and maximum cover this second and the nine before', () => {
  const window = createAcquireWindow();
  window.add(100, 900);
  window.add(10, 1_000);
  window.add(30, 9_999);
  expect(window.read(9_999)).toEqual({ count: 3, meanMs: 140 / 3, maxMs: 100 });
  expect(window.read(10_000)).toEqual({ count: 2, meanMs: 20, maxMs: 30 });
  expect(window.read(11_000)).toEqual({ count: 1, meanMs: 30, maxMs: 30 });
  expect(window.read(60_000)).toEqual({ count: 0, meanMs: 0, maxMs: 0 });
});

test('at any time it agrees with a list of all that was added', () => {
  const steps = fc.array(
    fc.record({
      pauseMs: fc.integer({ min: 0, max: 4_000 }),
      durationMs: fc.integer({ min: 0, max: 3_000 }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (added) => {
      const window = createAcquireWindow();
      const all: { readonly atMs: number; readonly durationMs: number }[] = [];
      let nowMs = 0;
      for (const { pauseMs, durationMs } of added) {
        nowMs += pauseMs;
        window.add(durationMs, nowMs);
        all.push({ atMs: nowMs, durationMs });
        const recent = all
          .filter(({ atMs }) => Math.floor(atMs / 1_000) > Math.floor(nowMs / 1_000) - 10)
          .map((one) => one.durationMs);
        const sum = recent.reduce((total, one) => total + one, 0);
        expect(window.read(nowMs)).toEqual({
          count: recent.length,
          meanMs: sum / recent.length,
          maxMs: Math.max(...recent),
        });
      }
    }),
  );
});
