import { expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { createReadiness } from './readiness.ts';

function readinessOf(
  askDatabase: () => Promise<unknown>,
  askRedis: () => Promise<unknown> = () => Promise.resolve(),
) {
  const state = { isDraining: false };
  const readiness = createReadiness({
    isDraining: () => state.isDraining,
    askDatabase,
    askRedis,
    logger: pino({ level: 'silent' }),
  });
  return { state, readiness };
}

test('ready follows the database, not Redis', async () => {
  const failing = () => Promise.reject(new Error('down'));
  expect(await readinessOf(() => Promise.resolve(), failing).readiness.check()).toBe('ready');
  expect(await readinessOf(failing).readiness.check()).toBe('database_down');
});

test('many probes at once cost one question', async () => {
  const askDatabase = jest.fn(() => Promise.resolve());
  const { readiness } = readinessOf(askDatabase);
  await Promise.all(Array.from({ length: 50 }, () => readiness.check()));
  await readiness.check();
  expect(askDatabase).toHaveBeenCalledTimes(1);
});

test('a draining process is not ready, even if draining began during the check', async () => {
  const { state, readiness } = readinessOf(() =>
    Promise.resolve().then(() => (state.isDraining = true)),
  );
  expect(await readiness.check()).toBe('draining');
  expect(await readiness.check()).toBe('draining');
});

test('a database that hangs is not ready after the deadline, nor queried again', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  try {
    const askDatabase = jest.fn(() => new Promise(() => undefined));
    const { readiness } = readinessOf(askDatabase);
    for (let probe = 0; probe < 3; probe += 1) {
      const answer = readiness.check();
      await jest.advanceTimersByTimeAsync(2_000);
      expect(await answer).toBe('database_down');
    }
    expect(askDatabase).toHaveBeenCalledTimes(1);
  } finally {
    jest.useRealTimers();
  }
});
