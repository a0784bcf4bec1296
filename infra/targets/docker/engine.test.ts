import { expect, test } from '@jest/globals';
import { hasStartInterval } from './engine.ts';

test.each([
  ['1.41', false],
  ['1.44', true],
  ['1.100', true],
  ['2.0', true],
  ['', false],
])('API %s offers health checks that are quicker at the start: %s', (apiVersion, offered) => {
  expect(hasStartInterval(apiVersion)).toBe(offered);
});
