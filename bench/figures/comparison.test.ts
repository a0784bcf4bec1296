import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareRuns, renderComparison } from './comparison.ts';
import type { Figure } from './figure.ts';

const between = (low: number, high: number) => ({ median: (low + high) / 2, low, high, pairs: 12 });

const figure = (row: string, column: string, value: Figure['value']): Figure => ({
  table: 'ours / other peers',
  row,
  column,
  value,
});

test('a ratio to the floor is worse or better only when the bounds do not overlap', () => {
  const baseline = [
    figure('read', 'floor', between(0.4, 0.5)),
    figure('count', 'floor', between(0.4, 0.5)),
    figure('write', 'floor', between(0.4, 0.5)),
  ];
  const run = [
    figure('read', 'floor', between(0.3, 0.39)),
    figure('count', 'floor', between(0.5, 0.6)),
    figure('write', 'floor', between(0.51, 0.6)),
  ];
  expect(compareRuns(baseline, run).map(({ row, change }) => [row, change])).toEqual([
    ['read', 'worse'],
    ['count', 'within noise'],
    ['write', 'better'],
  ]);
});

test('where others were busy in either run, nothing is told of the app', () => {
  const quiet = [figure('read', 'floor', between(0.4, 0.5))];
  const disturbed = [{ ...figure('read', 'floor', between(0.1, 0.2)), isDisturbed: true }];
  for (const [baseline, run] of [
    [quiet, disturbed],
    [disturbed, quiet],
  ] as const)
    expect(compareRuns(baseline, run).map(({ change }) => change)).toEqual(['others were busy']);
});

test('other peers, numbers and what only one of the runs has are left out', () => {
  const baseline = [
    figure('read', 'stock', between(1, 2)),
    figure('number', 'floor', 2),
    figure('count', 'floor', between(0.4, 0.5)),
  ];
  const run = [
    figure('read', 'stock', between(0.1, 0.2)),
    figure('number', 'floor', 1),
    figure('write', 'floor', between(0.1, 0.2)),
  ];
  expect(compareRuns(baseline, run)).toEqual([]);
});

test('a run is within noise of itself, and what is better one way is worse the other way', () => {
  const opposite = {
    better: 'worse',
    worse: 'better',
    'within noise': 'within noise',
    'others were busy': 'others were busy',
  };
  const bounds = fc
    .tuple(fc.double({ min: 0.1, max: 5, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([low, width]) => between(low, low + width));
  fc.assert(
    fc.property(bounds, bounds, (one, other) => {
      const [before, now] = [[figure('read', 'floor', one)], [figure('read', 'floor', other)]];
      const changeOf = (from: Figure[], to: Figure[]) => compareRuns(from, to)[0]?.change;
      expect(changeOf(before, before)).toBe('within noise');
      const forth = changeOf(before, now);
      expect(changeOf(now, before)).toBe(forth === undefined ? undefined : opposite[forth]);
    }),
  );
});

test('the comparison is a table of both with their bounds', () => {
  const compared = compareRuns(
    [figure('read', 'floor', between(0.4, 0.5))],
    [figure('read', 'floor', between(0.3, 0.39))],
  );
  expect(renderComparison(compared)).toBe(
    [
      '| ours / floor | baseline | now |  |',
      '| --- | --- | --- | --- |',
      '| read | 0.45 (0.40 to 0.50) | 0.34 (0.30 to 0.39) | worse |',
      '',
    ].join('\n'),
  );
});
