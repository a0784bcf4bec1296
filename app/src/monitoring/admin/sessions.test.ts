import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createSessions, SESSION_SECONDS } from './sessions.ts';

const OLD = 'the-former-token-0123456789abcdefgh';
const NEW = 'the-newest-token-0123456789abcdefgh';
const sessions = createSessions({ accepted: [NEW, OLD] });

let nowMs: number;
beforeEach(() => {
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
});
afterEach(() => void jest.restoreAllMocks());

test('a session holds for eight hours, on every instance that knows the token', () => {
  const session = sessions.issue(NEW);
  const elsewhere = createSessions({ accepted: [NEW] });
  nowMs += SESSION_SECONDS * 1_000 - 1_000;
  expect([sessions.isValid(session), elsewhere.isValid(session)]).toEqual([true, true]);
  nowMs += 1_000;
  expect([sessions.isValid(session), elsewhere.isValid(session)]).toEqual([false, false]);
});

test('sessions of both valid tokens are accepted until their token is rotated away', () => {
  const [byNew, byOld] = [sessions.issue(NEW), sessions.issue(OLD)];
  expect([sessions.isValid(byNew), sessions.isValid(byOld)]).toEqual([true, true]);
  const rotated = createSessions({ accepted: [NEW] });
  expect([rotated.isValid(byNew), rotated.isValid(byOld)]).toEqual([true, false]);
});

test('no two sessions are alike, and none of them holds the token', () => {
  const issued = [sessions.issue(NEW), sessions.issue(NEW)];
  expect(new Set(issued).size).toBe(2);
  expect(issued.join()).not.toContain(NEW);
});

test('whatever one character of it is changed to, a session is refused', () => {
  const session = sessions.issue(NEW);
  for (let index = 0; index < session.length - 1; index += 1) {
    const other = session[index] === 'A' ? 'B' : 'A';
    expect(sessions.isValid(session.slice(0, index) + other + session.slice(index + 1))).toBe(
      false,
    );
  }
});

test.each([
  '',
  '.',
  '..',
  'x.y.z',
  '9999999999.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  `${'9'.repeat(500)}.a.b`,
])('what is no session is refused: %j', (value) => {
  expect(sessions.isValid(value)).toBe(false);
});

test('a session with a later end under its old signature is refused', () => {
  const [expires, ...rest] = sessions.issue(NEW).split('.');
  expect(sessions.isValid([Number(expires) + 1, ...rest].join('.'))).toBe(false);
});
