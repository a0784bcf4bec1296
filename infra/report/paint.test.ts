import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { paintReport, wantsColours } from './paint.ts';

const TEXT =
  'Plan of dev\n\nConnections\n  same 1\n* more 2\n+ new 3\n- gone\n! away\n@@ file @@\n';

test('each mark has its colour, titles are bold, the rest is plain', () => {
  const styles = paintReport(TEXT)
    .split('\n')
    .map((line) => /^\u001b\[([\d;]+)m/.exec(line)?.[1]);
  expect(styles).toEqual([
    '1',
    undefined,
    '1',
    undefined,
    '33',
    '32',
    '31',
    '31;1',
    '36',
    undefined,
  ]);
});

test('colours change nothing of the text', () => {
  expect(stripVTControlCharacters(paintReport(TEXT))).toBe(TEXT);
});

test.each([
  [true, {}, true],
  [true, { NO_COLOR: '' }, true],
  [true, { NO_COLOR: '1' }, false],
  [true, { TERM: 'dumb' }, false],
  [false, {}, false],
])('a terminal (%s) with %j gets colours: %s', (isTTY, env, expected) => {
  expect(wantsColours({ isTTY }, env)).toBe(expected);
});
