import { expect, test } from '@jest/globals';
import { updateSuites } from './debian-bootstrap.ts';

test('updates come from the mirror of the release, security from the archive beside it', () => {
  expect(updateSuites('deb http://mirror.example/debian trixie main', 'trixie')).toEqual([
    { mirror: 'http://mirror.example/debian', suite: 'trixie-updates' },
    { mirror: 'http://mirror.example/debian-security', suite: 'trixie-security' },
  ]);
});

test('options in brackets and a trailing slash of the source line do no harm', () => {
  expect(
    updateSuites('deb [signed-by=/x.gpg] http://mirror.example/debian/ trixie main', 'trixie')[0]
      ?.mirror,
  ).toBe('http://mirror.example/debian');
});

test('a source line of another form is refused with its text', () => {
  expect(() => updateSuites('Types: deb', 'trixie')).toThrow('but is "Types: deb"');
});
