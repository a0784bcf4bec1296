import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createShutdown, type Shutdown } from './shutdown.ts';
import type { LogLine } from './testing/app-process.ts';

/** Makes a shutdown without a process: `exits` and `log` record what it would have done. */
function shutdownOf({ deadlineMs = 10_000 } = {}) {
  const log: LogLine[] = [];
  const logger = pino(
    { base: null, formatters: { level: (level) => ({ level }) } },
    { write: (line) => log.push(JSON.parse(line) as LogLine) },
  );
  const exits: number[] = [];
  let exited = (): void => undefined;
  const ended = new Promise<void>((resolve) => (exited = resolve));
  const shutdown: Shutdown = createShutdown({
    drainDelayMs: 0,
    deadlineMs,
    logger,
    exit: (code) => (exits.push(code), exited()),
  });
  return { shutdown, log, exits, ended };
}

/** Something whose closing takes until `finish`. */
function openSlow() {
  let finish = (): void => undefined;
  let began = (): void => undefined;
  const closing = new Promise<void>((resolve) => (began = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  return { closing, finish, close: () => (began(), finished), busyWith: () => ['GET /slow'] };
}

test('what cannot be closed does not keep the others open, and makes the exit code 1', async () => {
  const { shutdown, log, exits, ended } = shutdownOf();
  shutdown.register('first', () => Promise.resolve());
  shutdown.register('second', () => Promise.reject(new Error('stuck')));
  shutdown.register('third', { close: () => Promise.resolve() });
  shutdown.begin('SIGTERM', 0);
  await ended;
  expect(exits).toEqual([1]);
  expect(log.flatMap(({ closed, closer }) => closed ?? closer ?? [])).toEqual([
    'third',
    'second',
    'first',
  ]);
});

test('an error during shutdown makes the exit code 1; closing goes on', async () => {
  const { shutdown, log, exits, ended } = shutdownOf();
  const slow = openSlow();
  shutdown.register('first', () => Promise.resolve());
  shutdown.register('slow', slow);
  shutdown.begin('SIGTERM', 0);
  await slow.closing;
  shutdown.begin('uncaughtException', 1);
  expect(exits).toEqual([]);
  slow.finish();
  await ended;
  expect(exits).toEqual([1]);
  expect(log.flatMap(({ closed }) => closed ?? [])).toEqual(['slow', 'first']);
});

test('the first signal after an error waits for the shutdown; the second does not', async () => {
  const { shutdown, exits, ended } = shutdownOf();
  const slow = openSlow();
  shutdown.register('slow', slow);
  shutdown.begin('uncaughtException', 1);
  await slow.closing;
  shutdown.begin('SIGTERM', 0);
  expect(exits).toEqual([]);
  shutdown.begin('SIGTERM', 0);
  expect(exits).toEqual([1]);
  slow.finish();
  await ended;
});

test('when the deadline passes it says what the open thing waits for', async () => {
  const { shutdown, log, exits, ended } = shutdownOf({ deadlineMs: 20 });
  shutdown.register('first', () => Promise.resolve());
  shutdown.register('slow', openSlow());
  shutdown.begin('SIGTERM', 0);
  await ended;
  expect(exits).toEqual([1]);
  expect(log.at(-1)).toMatchObject({
    level: 'fatal',
    msg: 'shutdown deadline passed, still open: slow, first',
    waitingFor: ['GET /slow'],
  });
});
