import { expect, test } from '@jest/globals';
import { renderConnectionString } from './connection-string.ts';

test('plain hosts, addresses and socket directories need no quotes', () => {
  expect(renderConnectionString({ host: '/run/postgresql', port: 5432 })).toBe(
    'host=/run/postgresql port=5432',
  );
  expect(renderConnectionString({ host: '::1', port: 1 })).toBe('host=::1 port=1');
});

test('a value with blanks or quotes is quoted: quotes doubled, backslashes left alone', () => {
  expect(renderConnectionString({ host: "/a 'b' \\c" })).toBe("host='/a ''b'' \\c'");
});

test('an empty value and one with a newline are refused with the name of the parameter', () => {
  expect(() => renderConnectionString({ host: '' })).toThrow('host of the database is empty');
  expect(() => renderConnectionString({ host: 'a\nb' })).toThrow(
    'host of the database holds a newline',
  );
});
