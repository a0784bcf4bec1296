import { afterEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import type { Sample } from './history.ts';
import { createMonitoring, type OpenMonitoring } from './monitoring.ts';
import type { Layers } from '../readings/readings.ts';
import { idle, plan, poolerDown } from '../testing/observations.ts';

afterEach(() => void jest.useRealTimers());

/** Monitoring over layers that the test changes, and how often they were asked. */
function monitor(first: Layers): {
  readonly monitoring: OpenMonitoring;
  layers: Layers;
  asked: number;
} {
  const state = { layers: first, asked: 0 };
  const monitoring = createMonitoring({
    planFile: { plan, refresh: () => Promise.resolve() },
    sources: {
      app: () => state.layers.app,
      pgbouncer: () => {
        state.asked += 1;
        return Promise.resolve(state.layers.pgbouncer);
      },
      postgres: () => Promise.resolve(state.layers.postgres),
      redis: () => Promise.resolve(state.layers.redis),
    },
    findSlowQueries: () => Promise.reject(new Error('not asked here')),
    isShuttingDown: () => false,
    logger: pino({ level: 'silent' }),
  });
  return Object.assign(state, { monitoring });
}

test('a thousand looks in one second ask each layer once', async () => {
  jest.useFakeTimers();
  const watched = monitor(idle);
  const looks = await Promise.all(
    Array.from({ length: 1_000 }, () => watched.monitoring.observe()),
  );
  expect(new Set(looks).size).toBe(1);
  expect(watched.asked).toBe(1);
  jest.advanceTimersByTime(1_000);
  watched.layers = poolerDown;
  expect((await watched.monitoring.observe()).verdict).toMatchObject({
    state: 'down',
    layer: 'pgbouncer',
  });
  expect(watched.asked).toBe(2);
});

test('sampling adds one sample about every five seconds, up to an hour of them', async () => {
  jest.useFakeTimers();
  const { monitoring } = monitor(idle);
  const heard: Sample[] = [];
  const unsubscribe = monitoring.subscribe((sample) => void heard.push(sample));
  monitoring.startSampling();
  await jest.advanceTimersByTimeAsync(5_500 * 10);
  expect(heard.length).toBeGreaterThanOrEqual(10);
  expect(heard.length).toBeLessThanOrEqual(13);
  expect(monitoring.history.samples).toEqual(heard);
  unsubscribe();
  await jest.advanceTimersByTimeAsync(5_500 * 800);
  expect(monitoring.history.samples).toHaveLength(720);
  expect(heard.length).toBeLessThanOrEqual(13);
  monitoring.stopSampling();
  const { length } = monitoring.history.samples;
  const last = monitoring.history.samples.at(-1);
  await jest.advanceTimersByTimeAsync(60_000);
  expect([monitoring.history.samples.length, monitoring.history.samples.at(-1)]).toEqual([
    length,
    last,
  ]);
});
