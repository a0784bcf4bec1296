import { expect, test } from '@jest/globals';
import {
  showAge,
  showCount,
  showDuration,
  showMebibytes,
  showMoment,
  showTime,
} from './figures.ts';

test('counts have one decimal below ten, and groups of three above', () => {
  expect([0, 0.04, 5, 9.96, 25, 87.4, 16_000].map(showCount)).toEqual([
    '0',
    '0',
    '5',
    '10',
    '25',
    '87',
    '16,000',
  ]);
});

test('durations have the unit that a person would take', () => {
  expect(
    [
      0, 0.064, 4.26, 240, 999, 1_250, 59_999, 240_000, 252_000, 7_200_000, 7_500_000, 172_800_000,
    ].map(showDuration),
  ).toEqual([
    '0 ms',
    '0.06 ms',
    '4.3 ms',
    '240 ms',
    '999 ms',
    '1.2 s',
    '59 s',
    '4 min',
    '4 min 12 s',
    '2 h',
    '2 h 5 min',
    '2 days',
  ]);
});

test('an age is whole seconds or minutes, never below zero', () => {
  expect([-500, 900, 2_900, 61_000, 7_500_000].map(showAge)).toEqual([
    'just now',
    'just now',
    '2 s ago',
    '1 min ago',
    '2 h 5 min ago',
  ]);
});

test('sizes are in MiB', () => {
  expect([2_621_440, 134_217_728].map(showMebibytes)).toEqual(['2.5 MiB', '128 MiB']);
});

test('times have 24 hours, and their date only when it is another day', () => {
  const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  expect(showTime(atMs, 'UTC')).toBe('03:04:05');
  expect(showMoment(atMs, atMs + 3_600_000, 'UTC')).toBe('03:04:05');
  expect(showMoment(atMs, atMs + 86_400_000, 'UTC')).toBe('2026-01-02 03:04:05');
});
