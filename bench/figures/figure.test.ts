import { expect, test } from '@jest/globals';
import { judge, renderFigures, renderValue } from './figure.ts';

const between = (low: number, high: number) => ({ median: (low + high) / 2, low, high, pairs: 12 });

test.each([
  ['met', between(0.98, 1.02), { atLeast: 0.98 }],
  ['within noise', between(0.97, 1.02), { atLeast: 0.98 }],
  ['missed', between(0.9, 0.97), { atLeast: 0.98 }],
  ['met', between(0.5, 0.7), { atMost: 0.7 }],
  ['within noise', between(0.5, 0.8), { atMost: 0.7 }],
  ['missed', between(0.8, 0.9), { atMost: 0.7 }],
  ['met', 0.0004, { atMost: 0.001 }],
  ['missed', 0.002, { atMost: 0.001 }],
] as const)('%s: %j against %j', (finding, value, target) => {
  expect(judge({ value, target })).toBe(finding);
});

test('a figure without a target has no finding', () => {
  expect(judge({ value: 1 })).toBe('');
});

test('each table has rows and columns in the order of figures, gaps, and no details', () => {
  const table = 'ours / peer';
  expect(
    renderFigures([
      { table, row: 'read', column: 'stock', value: between(0.98, 1.02), target: { atLeast: 1 } },
      { table, row: 'read', column: 'floor', value: between(0.4, 0.5) },
      { table, row: 'write', column: 'floor', value: between(0.62, 0.7), target: { atLeast: 0.6 } },
      { table: 'other', row: 'parses', column: 'share', value: 0.000_123 },
      { table: 'other', row: 'detail', column: 'share', value: 3, isDetail: true },
      { table: 'other', row: 'requests', column: 'share', value: 1234.5 },
    ]),
  ).toBe(
    [
      '**ours / peer**',
      '',
      '|  | stock | floor |',
      '| --- | --- | --- |',
      '| read | 1.00 (0.98 to 1.02); at least 1: within noise | 0.45 (0.40 to 0.50) |',
      '| write |  | 0.66 (0.62 to 0.70); at least 0.6: met |',
      '',
      '**other**',
      '',
      '|  | share |',
      '| --- | --- |',
      '| parses | 0.00012 |',
      '| requests | 1235 |',
      '',
    ].join('\n'),
  );
});

test('what was counted has no decimals, and small numbers have two digits that count', () => {
  expect(renderValue(between(400, 500))).toBe('450 (400 to 500)');
  expect(renderValue(between(0.5, 1.5))).toBe('1.00 (0.50 to 1.50)');
  expect(renderValue(0.004_56)).toBe('0.0046');
  expect(renderValue(12.34)).toBe('12.3');
});
