import { expect, test } from '@jest/globals';
import { judge, renderFigures } from './figures.ts';

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
  expect(judge({ what: '', value, target })).toBe(finding);
});

test('a figure without a target has no finding', () => {
  expect(judge({ what: '', value: 1 })).toBe('');
});

test('the table shows ratios with their bounds, small numbers with two digits that count', () => {
  expect(
    renderFigures([
      { what: 'throughput', value: between(0.98, 1.02), target: { atLeast: 0.98 } },
      { what: 'parses per query', value: 0.000_123, target: { atMost: 0.001 } },
      { what: 'queries a second', value: 1234.5 },
    ]),
  ).toBe(
    [
      '| figure | median | 95 % sure | pairs | wanted | finding |',
      '| --- | --- | --- | --- | --- | --- |',
      '| throughput | 1.000 | 0.980 to 1.020 | 12 | at least 0.98 | met |',
      '| parses per query | 0.00012 |  |  | at most 0.001 | met |',
      '| queries a second | 1234.500 |  |  |  |  |',
      '',
    ].join('\n'),
  );
});
