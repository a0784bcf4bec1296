import { expect, test } from '@jest/globals';
import type { Outcome } from '../../e2e/keep-alive-load.ts';
import { feltIn } from './recovery.ts';

const request = { method: 'GET', path: '/' } as const;
const outcome = (startedAtMs: number, tookMs: number, status?: number): Outcome => ({
  request,
  startedAtMs,
  tookMs,
  ...(status === undefined
    ? { fault: 'closed' }
    : { answer: { status, retryAfter: undefined, isFarewell: false, body: null } }),
});

test('failures and late answers after the restart are felt until the last of them ends', () => {
  const outcomes = [
    outcome(0, 10),
    outcome(1_000, 100),
    outcome(1_100, 50, 503),
    outcome(1_200, 1_800, 200),
    outcome(3_100, 5, 200),
  ];
  expect(feltIn(outcomes, 1_000)).toEqual({ seconds: 2, failed: 2 });
});

test('a restart that nobody notices takes no time', () => {
  expect(feltIn([outcome(900, 5, 200), outcome(1_100, 5, 201)], 1_000)).toEqual({
    seconds: 0,
    failed: 0,
  });
});
