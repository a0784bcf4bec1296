import { expect, test } from '@jest/globals';
import { codeBlock, codeSpan } from './code-text.ts';

test.each([
  ['registry/app:1', '`registry/app:1`'],
  ['a | <b> @team #1', '`a | <b> @team #1`'],
  ['a ` b', '``a ` b``'],
  ['`a`', '`` `a` ``'],
  ['two\n  lines', '`two lines`'],
])('%j is one span of code', (text, expected) => {
  expect(codeSpan(text)).toBe(expected);
});

test('a block of code is fenced by more backticks than stand in it, and by three at least', () => {
  expect(codeBlock('text', 'plain\n')).toBe('```text\nplain\n```');
  expect(codeBlock('ini', 'a = ````\n')).toBe('`````ini\na = ````\n`````');
});
