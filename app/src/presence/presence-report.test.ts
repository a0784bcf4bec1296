import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HttpError } from '../http/http-error.ts';
import { readPresenceReport, readSnowflake } from './presence-report.ts';

const body = { userId: '175928847299117063', guildId: '81384788765712384', status: 'idle' };
const digestOf = (json: unknown) =>
  Buffer.from(readPresenceReport(json, 'key').idempotency?.digest ?? []).toString('hex');

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof HttpError && error.status === 400) return error.message;
    throw error;
  }
  return '';
}

test('a report without a time is of now; one with a time keeps it, whatever its offset', () => {
  expect(Math.abs(readPresenceReport(body, undefined).at.getTime() - Date.now())).toBeLessThan(
    5_000,
  );
  expect(
    readPresenceReport({ ...body, at: '2026-01-01T02:00:00+02:00' }, undefined).at.toISOString(),
  ).toBe('2026-01-01T00:00:00.000Z');
});

test('the digest is equal for a repetition and differs with any field', () => {
  expect(digestOf(body)).toBe(
    digestOf({ status: 'idle', guildId: body.guildId, userId: body.userId }),
  );
  const others = [
    { ...body, userId: '1' },
    { ...body, guildId: '1' },
    { ...body, status: 'dnd' },
    { ...body, at: '2026-01-01T00:00:00Z' },
  ];
  expect(new Set([body, ...others].map(digestOf)).size).toBe(5);
});

test('all faults of a body are named in one answer', () => {
  const message = messageOf(() => readPresenceReport({ userId: 'x', status: 'away' }, undefined));
  for (const field of ['body.userId', 'body.guildId', 'body.status'])
    expect(message).toContain(field);
});

test('an idempotency key is visible ASCII without spaces and commas, at most 200 of it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 0, maxLength: 210, unit: 'grapheme' }), (key) => {
      const isAllowed =
        key.length >= 1 &&
        key.length <= 200 &&
        [...key].every((character) => character > ' ' && character <= '~' && character !== ',');
      expect(messageOf(() => readPresenceReport(body, key)) === '').toBe(isAllowed);
    }),
  );
});

test('a snowflake is up to 20 digits and does not begin with 0', () => {
  expect(readSnowflake('userId', '18446744073709551615')).toBe('18446744073709551615');
  for (const wrong of ['', '0', '01', '-1', '1.0', '1e3', ' 1', '1\n', '1'.repeat(21), '١']) {
    expect(messageOf(() => readSnowflake('userId', wrong))).toContain('userId: ');
  }
});
