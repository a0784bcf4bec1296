import { expect, test } from '@jest/globals';
import { CallError } from '../call.ts';
import { readRestoreTime } from './restore-time.ts';

const now = new Date('2026-06-01T12:00:00Z');

test.each([
  ['2026-01-02T15:04:05Z', '2026-01-02 15:04:05.000+00'],
  ['2026-01-02 16:04:05.25+01:00', '2026-01-02 15:04:05.250+00'],
  ['2026-01-02 10:04-0500', '2026-01-02 15:04:00.000+00'],
])('%s is the moment %s', (text, moment) => {
  expect(readRestoreTime(text, now)).toBe(moment);
});

test.each([
  ['yesterday', /got "yesterday"; allowed: a time with its zone/],
  ['2026-01-02T15:04:05', /a time with its zone/],
  ['2026-13-02T15:04:05Z', /a time with its zone/],
  ['', /got ""/],
  ['2026-06-01T12:00:01Z', /still to come; now it is 2026-06-01T12:00:00\.000Z/],
])('%j is refused, with what is allowed', (text, message) => {
  expect(() => readRestoreTime(text, now)).toThrow(CallError);
  expect(() => readRestoreTime(text, now)).toThrow(message);
});
