import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseIni, renderIni } from './ini.ts';

const key = fc
  .string({ unit: fc.constantFrom(...'abzAZ019_.-'), minLength: 1 })
  .filter((name) => name !== '__proto__');
const value = fc
  .string({ unit: fc.constantFrom(...`ab "'\\;#%=[]é`) })
  .filter((text) => text.trim() === text);
const entries = fc.dictionary(key, value, { noNullPrototype: true });

test('sections come in fixed order and keys sorted, whatever the order they were given in', () => {
  const text = renderIni({
    pgbouncer: { b: '2', a: '1' },
    databases: { y: 'host=/y', x: 'host=/x' },
  });
  expect(text.split('\n').slice(1)).toEqual([
    '[databases]',
    'x = host=/x',
    'y = host=/y',
    '',
    '[pgbouncer]',
    'a = 1',
    'b = 2',
    '',
  ]);
});

test('an empty value leaves no blank at the end of its line', () => {
  expect(renderIni({ databases: {}, pgbouncer: { listen_addr: '' } })).toContain(
    '\nlisten_addr =\n',
  );
});

test(
  'quotes, backslashes, semicolons, hashes and percent signs stay as they are, for PgBouncer ' +
    'reads them so',
  () => {
    const odd = `"a" 'b' \\n ; c # d %include e = [f]`;
    expect(renderIni({ databases: {}, pgbouncer: { server_check_query: odd } })).toContain(
      `\nserver_check_query = ${odd}\n`,
    );
  },
);

test.each(['a\nb', 'a\rb', 'a\0b', 'a\tb', '\u2028'])(
  'a value with a control character is refused: %j',
  (text) => {
    expect(() => renderIni({ databases: {}, pgbouncer: { auth_query: text } })).toThrow(
      '[pgbouncer] auth_query: the value holds a newline',
    );
  },
);

test('blanks at the ends of a value are refused, since PgBouncer would drop them', () => {
  expect(() => renderIni({ databases: {}, pgbouncer: { auth_query: ' a' } })).toThrow(
    'begins or ends with blanks',
  );
});

test.each(['a b', 'a=b', 'a"b', '"a"', 'é', '', 'a\nb', '[a]'])(
  'a key that PgBouncer would not read is refused: %j',
  (name) => {
    expect(() => renderIni({ databases: { [name]: 'host=/x' } })).toThrow('letters, digits');
  },
);

test('whatever is rendered parses back to the same sections, keys and values', () => {
  fc.assert(
    fc.property(entries, entries, (databases, pgbouncer) => {
      expect(parseIni(renderIni({ databases, pgbouncer }))).toEqual({ databases, pgbouncer });
    }),
  );
});

test('a line that is neither a section nor a key is named by its number', () => {
  expect(() => parseIni('[pgbouncer]\nnonsense\n')).toThrow('line 2');
  expect(() => parseIni('a = 1\n')).toThrow('line 1');
});
