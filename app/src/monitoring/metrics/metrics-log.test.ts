import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { createSampleBook, type Sample } from '../observing/history.ts';
import type { Layers } from '../readings/readings.ts';
import { appSaturated, idle, plan, redisDown } from '../testing/observations.ts';
import { startMetricsLog } from './metrics-log.ts';
import { observationOf } from './testing/observation-of.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

function start(layers: Layers = idle) {
  const entries: Record<string, unknown>[] = [];
  const listeners: ((sample: Sample) => void)[] = [];
  const now = { layers, intervalSeconds: 60 };
  let observed = 0;
  const log = startMetricsLog({
    monitoring: {
      observe: () => {
        observed += 1;
        return Promise.resolve({
          ...observationOf(now.layers),
          plan: { ...plan, intervalSeconds: now.intervalSeconds },
        });
      },
      subscribe: (listener) => {
        listeners.push(listener);
        return () => void listeners.splice(listeners.indexOf(listener), 1);
      },
    },
    logger: pino(
      { base: null, formatters: { level: (level) => ({ level }) } },
      { write: (line) => entries.push(JSON.parse(line) as Record<string, unknown>) },
    ),
    countAnswers: () => Promise.resolve({ '2xx': 7, '5xx': 1 }),
  });
  return { log, entries, listeners, now, observed: () => observed };
}

const advance = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1_000);

test('one entry each interval, the first after one, from one observation each', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  const { entries, observed } = start();
  await advance(59);
  expect(entries).toHaveLength(0);
  await advance(2);
  expect(entries).toHaveLength(1);
  await advance(180);
  expect(entries).toHaveLength(4);
  // One more than entries: the first interval was asked for.
  expect(observed()).toBe(5);
});

test('an entry holds the numbers of the health body and those of Redis', async () => {
  const { entries } = start();
  await advance(67);
  expect(entries[0]).toMatchObject({
    level: 'info',
    msg: 'connection metrics',
    connectionMetrics: {
      healthy: true,
      timestamp: '2025-01-15T10:30:00.000Z',
      database: {
        healthy: true,
        responseTime: 2,
        connectionPool: {
          active: 2,
          idle: 5,
          total: 7,
          max: 100,
          utilizationPercent: '7.00',
          isPgBouncer: true,
          isShuttingDown: false,
        },
      },
      redis: {
        available: true,
        connected: true,
        status: 'ready',
        metrics: {
          totalConnections: 125,
          totalCommands: 45_678,
          opsPerSecond: 23,
          usedMemoryBytes: 2_621_440,
        },
      },
    },
  });
});

test('what is not well is a warning, and Redis has no numbers while it is down', async () => {
  const { entries } = start(redisDown);
  await advance(67);
  expect(entries[0]).toMatchObject({
    level: 'warn',
    connectionMetrics: {
      healthy: false,
      redis: { available: false, connected: false, status: 'down', metrics: null },
    },
  });
});

test.each([
  [0, 54],
  [1, 66],
])(
  'the interval varies by 10 percent: with chance %d an entry comes after %d s',
  async (chance, seconds) => {
    jest.spyOn(Math, 'random').mockReturnValue(chance);
    const { entries } = start();
    await advance(seconds - 0.5);
    expect(entries).toHaveLength(0);
    await advance(1);
    expect(entries).toHaveLength(1);
  },
);

test('an interval that the plan changes holds from the next entry on', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  const { entries, now } = start();
  await advance(30);
  now.intervalSeconds = 10;
  await advance(31);
  expect(entries).toHaveLength(1);
  await advance(20);
  expect(entries).toHaveLength(3);
});

test('closing logs one line about the whole run, and nothing comes after it', async () => {
  const { log, entries, listeners, observed } = start();
  const book = createSampleBook(5);
  for (const layers of [idle, appSaturated])
    for (const listener of listeners) listener(book.add(observationOf(layers)));
  await advance(7);
  await Promise.all([log.close(), log.close()]);
  const before = observed();
  await advance(300);
  expect(observed()).toBe(before);
  expect(listeners).toHaveLength(0);
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({
    msg: 'this run in numbers',
    ranSeconds: 7,
    answers: { '2xx': 7, '5xx': 1 },
    samples: 2,
    highestUse: {
      appClientConnections: { used: 5, limit: 5, percent: 100 },
      postgresConnections: { used: 7, limit: 87 },
    },
    samplesWithWaiting: { app: 1, pgbouncer: 0 },
  });
});

test('closing during an observation logs the summary and not the observation', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  const { log, entries } = start();
  await advance(1);
  jest.advanceTimersByTime(60_000);
  await log.close();
  await advance(300);
  expect(entries.map(({ msg }) => msg)).toEqual(['this run in numbers']);
});

test('its timer keeps no process alive', async () => {
  jest.useRealTimers();
  const module = (path: string) => JSON.stringify(join(import.meta.dirname, path));
  const program = `
    import { startMetricsLog } from ${module('metrics-log.ts')};
    import { observationOf } from ${module('testing/observation-of.ts')};
    import { idle } from ${module('../testing/observations.ts')};
    const observe = async () => observationOf(idle);
    const monitoring = { observe, subscribe: () => () => undefined };
    startMetricsLog({ monitoring, logger: console, countAnswers: async () => ({}) });
    setTimeout(() => process.stdout.write('nothing left'), 50);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program],
    { timeout: 20_000 },
  );
  expect(stdout).toBe('nothing left');
}, 30_000);
