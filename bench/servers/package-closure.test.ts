import { expect, test } from '@jest/globals';
import { packageClosure } from './package-closure.ts';

const PACKAGES = {
  '': {},
  'node_modules/app': { dependencies: { nested: '1', shared: '1' } },
  'node_modules/app/node_modules/nested': { dependencies: { '@scope/deep': '1', shared: '1' } },
  'node_modules/app/node_modules/@scope/deep': {},
  'node_modules/nested': {},
  'node_modules/shared': { dependencies: { nested: '2' } },
  'node_modules/unused': {},
};

test('each package is taken from where Node finds it, the nearest folder first', () => {
  expect(packageClosure(PACKAGES, ['app'])).toEqual([
    'node_modules/app',
    'node_modules/app/node_modules/@scope/deep',
    'node_modules/app/node_modules/nested',
    'node_modules/nested',
    'node_modules/shared',
  ]);
});

test('a package that is not there is refused, and a circle ends', () => {
  expect(() => packageClosure(PACKAGES, ['missing'])).toThrow('missing is not in the lock file');
  const circle = {
    'node_modules/a': { dependencies: { b: '1' } },
    'node_modules/b': { dependencies: { a: '1' } },
  };
  expect(packageClosure(circle, ['a'])).toEqual(['node_modules/a', 'node_modules/b']);
});
