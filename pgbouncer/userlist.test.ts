import { expect, test } from '@jest/globals';
import { goldenText } from './testing/golden.ts';
import { renderUserlist } from './userlist.ts';

const verifier = 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$c3RvcmVkLWtleQ==:c2VydmVyLWtleQ==';

test('the golden userlist is what three users render to', () => {
  const text = renderUserlist(
    ['spywatcher', 'pgbouncer_monitor', 'pgbouncer_admin'].map((name) => ({
      name,
      secret: verifier,
    })),
  );
  expect(text).toBe(goldenText('userlist.txt', text));
});

test('quotes are doubled in names and secrets, backslashes and blanks stay', () => {
  expect(renderUserlist([{ name: 'a "b" \\c', secret: '"' }])).toBe('"a ""b"" \\c" """"\n');
});

test.each(['a\nb', 'a\rb', 'a\0b', ''])(
  'a name or secret that would make a line of its own is refused: %j',
  (text) => {
    expect(() => renderUserlist([{ name: text, secret: 'x' }])).toThrow('a user name');
    expect(() => renderUserlist([{ name: 'x', secret: text }])).toThrow('the secret of "x"');
  },
);

test('a refusal never shows the secret', () => {
  expect(() => renderUserlist([{ name: 'x', secret: 'hunter2\n' }])).not.toThrow('hunter2');
});

test('a user given twice is refused by name', () => {
  expect(() =>
    renderUserlist([
      { name: 'x', secret: 'a' },
      { name: 'x', secret: 'b' },
    ]),
  ).toThrow('"x" is given twice');
});
