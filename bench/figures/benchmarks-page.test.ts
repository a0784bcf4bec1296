import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkout } from '../../toolchain/places.mjs';
import { renderRun, replaceFigures } from './benchmarks-page.ts';
import { readRun } from './run-file.ts';

const PAGE = readFileSync(join(checkout, 'docs', 'benchmarks.md'), 'utf8');

test('what stands between the markers is replaced, and all else stays', () => {
  const once = replaceFigures(PAGE, 'earlier figures');
  const twice = replaceFigures(once, 'later figures');
  expect(twice).toContain('later figures');
  expect(twice).not.toContain('earlier figures');
  expect(replaceFigures(twice, 'earlier figures')).toBe(once);
  expect(once.split('\n', 1)).toEqual(PAGE.split('\n', 1));
});

test('a page without a marker is refused', () => {
  expect(() => replaceFigures('# A page\n', 'figures')).toThrow('lacks');
});

test('the page shows every figure of the committed baseline', () => {
  const cells = (text: string): readonly string[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('|') && !line.includes('---'))
      .flatMap((line) => line.split('|').map((cell) => cell.trim()));
  const baseline = readRun(join(checkout, 'bench', 'baseline.json'));
  expect(cells(PAGE)).toEqual(cells(renderRun(baseline)));
});
