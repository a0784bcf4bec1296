import { expect, test } from '@jest/globals';
import type { Sample } from '../../observing/history.ts';
import { findPeak, toColumns, toStretches } from './chart-columns.ts';
import { createSampleWindow } from './sample-window.ts';

const sample = (atMs: number, active: number, rest: Partial<Sample> = {}): Sample => ({
  atMs,
  verdict: 'ok',
  app: { active, waiting: 0, max: 5, acquireMaxMs: 0 },
  pgbouncer: null,
  postgres: null,
  redis: null,
  ...rest,
});
const active = ({ app }: Sample) => app.active;
const ops = ({ redis }: Sample) => redis?.opsPerSecond ?? null;
const up = { opsPerSecond: 7, usedMemoryBytes: 1, connectedClients: 1 };

test('a layer without numbers is a gap in its own line alone', () => {
  expect(
    toColumns(
      [sample(5_000, 1), sample(10_000, 2, { redis: up }), sample(15_000, 3)],
      [active, ops],
      5,
    ),
  ).toEqual([
    [5, 10, 15],
    [1, 2, 3],
    [null, 7, null],
  ]);
});

test('missing samples are a gap in every line, a late one is not', () => {
  expect(toColumns([sample(5_000, 1), sample(17_000, 2), sample(40_000, 3)], [active], 5)).toEqual([
    [5, 17, 22, 40],
    [1, 2, null, 3],
  ]);
});

test('the peak is the first of the highest values; without any value there is none', () => {
  expect(findPeak([sample(1, 2), sample(2, 4), sample(3, 4)], active)).toEqual({
    value: 4,
    atMs: 2,
  });
  expect(findPeak([sample(1, 2)], ops)).toBeUndefined();
});

test('stretches follow each other without a seam, and end where samples are missing', () => {
  const samples = [
    sample(0, 1),
    sample(5_000, 1),
    sample(10_000, 1, { verdict: 'down' }),
    sample(40_000, 1, { verdict: 'down' }),
    sample(45_000, 1),
  ];
  expect(toStretches(samples, 5)).toEqual([
    { verdict: 'ok', fromMs: 0, toMs: 10_000 },
    { verdict: 'down', fromMs: 10_000, toMs: 15_000 },
    { verdict: 'down', fromMs: 40_000, toMs: 45_000 },
    { verdict: 'ok', fromMs: 45_000, toMs: 50_000 },
  ]);
});

test('the window keeps one sample of each moment, in order, of the last hour', () => {
  const window = createSampleWindow();
  expect(window.newestMs).toBeUndefined();
  window.add([sample(10_000, 1), sample(5_000, 2)]);
  window.add([sample(10_000, 3), sample(3_606_000, 4)]);
  expect(window.samples.map(({ atMs, app }) => [atMs, app.active])).toEqual([
    [10_000, 3],
    [3_606_000, 4],
  ]);
  expect(window.newestMs).toBe(3_606_000);
});
