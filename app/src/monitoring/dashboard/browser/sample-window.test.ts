import { expect, test } from '@jest/globals';
import type { Sample } from '../../observing/history.ts';
import { createSampleWindow } from './sample-window.ts';

const MINUTE_MS = 60_000;
const NOON_MS = Date.UTC(2026, 0, 1, 12);

/** Makes a sample of a moment so many minutes after noon. */
function sampleAt(minutes: number, verdict: Sample['verdict'] = 'ok'): Sample {
  return {
    atMs: NOON_MS + minutes * MINUTE_MS,
    verdict,
    app: { active: 0, waiting: 0, max: 5, acquireMaxMs: 0 },
    pgbouncer: null,
    postgres: null,
    redis: null,
  };
}

test('it holds the hour before the newest sample, oldest first, each moment once', () => {
  const window = createSampleWindow();
  expect([window.samples, window.newestMs]).toEqual([[], undefined]);
  window.add([sampleAt(0), sampleAt(1), sampleAt(30)]);
  window.add([sampleAt(30, 'down'), sampleAt(60)]);
  expect(window.samples).toEqual([sampleAt(1), sampleAt(30, 'down'), sampleAt(60)]);
  expect(window.newestMs).toBe(sampleAt(60).atMs);
});

test('a sample that comes late is put where it belongs', () => {
  const window = createSampleWindow();
  window.add([sampleAt(0), sampleAt(50)]);
  window.add([sampleAt(20)]);
  expect(window.samples).toEqual([sampleAt(0), sampleAt(20), sampleAt(50)]);
});

test.each([
  [
    'one at a time',
    (window: ReturnType<typeof createSampleWindow>, samples: readonly Sample[]) =>
      samples.forEach((sample) => window.add([sample])),
  ],
  [
    'all at once',
    (window: ReturnType<typeof createSampleWindow>, samples: readonly Sample[]) =>
      window.add(samples),
  ],
])(
  "after the server's clock was set back by an hour or more the window begins anew; " +
    'the samples come %s',
  (_how, add) => {
    const window = createSampleWindow();
    add(window, [sampleAt(-10), sampleAt(0), sampleAt(-60), sampleAt(-59)]);
    expect(window.samples).toEqual([sampleAt(-60), sampleAt(-59)]);
    expect(window.newestMs).toBe(sampleAt(-59).atMs);
  },
);
