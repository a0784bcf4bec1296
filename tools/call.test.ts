import { describe, expect, test } from '@jest/globals';
import { CallError, readCall, type Usage } from './call.ts';

const up: Usage = {
  synopsis: 'npm run up [-- STACK] [--yes]',
  text: '',
  flags: ['yes'],
  defaultStack: 'dev',
};
const plan: Usage = { synopsis: 'npm run plan -- STACK [--json]', text: '', flags: ['json'] };

const restore: Usage = {
  synopsis: 'npm run restore -- STACK [--at TIME]',
  text: '',
  flags: ['yes'],
  options: ['at'],
};

describe('a call is read as a stack and flags', () => {
  test.each<[string, Usage, string[], string, string[]]>([
    ['nothing: the default stack', up, [], 'dev', []],
    ['a stack and a flag, in any order', up, ['--yes', 'prod'], 'prod', ['yes']],
    ['a stack that must be named', plan, ['dev', '--json'], 'dev', ['json']],
  ])('%s', (...row) => {
    const [, usage, args, stack, flags] = row;
    expect(readCall(usage, args)).toEqual({ stack, flags: new Set(flags), options: {} });
  });

  test('an option with a value, before or behind the stack', () => {
    for (const args of [
      ['prod', '--at', 'noon', '--yes'],
      ['--at=noon', '--yes', 'prod'],
    ]) {
      expect(readCall(restore, args)).toEqual({
        stack: 'prod',
        flags: new Set(['yes']),
        options: { at: 'noon' },
      });
    }
  });

  test.each([['--help'], ['-h']])('%s asks for help', (arg) => {
    expect(readCall(up, [arg])).toBe('help');
  });
});

describe('a wrong call is refused with its usage', () => {
  test.each<[string, Usage, string[], RegExp]>([
    ['an unknown option', up, ['--force'], /'--force'/],
    ['an option without its value', restore, ['prod', '--at'], /'--at <value>' argument missing/],
    ['two stacks', up, ['dev', 'prod'], /one stack at a time, but got dev, prod/],
    ['no stack where one is needed', plan, [], /a stack is missing/],
    [
      'a stack where none is expected',
      { ...up, takesStack: false },
      ['dev'],
      /no stack is expected, but got dev/,
    ],
  ])('%s', (...row) => {
    const [, usage, args, message] = row;
    expect(() => readCall(usage, args)).toThrow(CallError);
    expect(() => readCall(usage, args)).toThrow(message);
    expect(() => readCall(usage, args)).toThrow(`Usage: ${usage.synopsis}`);
  });
});
