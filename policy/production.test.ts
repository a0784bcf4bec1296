import { expect, test } from '@jest/globals';
import { isProduction } from './production.ts';

test.each(['prod', 'eu-prod', 'prod-2', 'prod2', 'Production'])('%s is production', (stack) =>
  expect(isProduction(stack)).toBe(true),
);
test.each(['dev', 'test-life-1', 'product-demo', 'staging'])('%s is not', (stack) =>
  expect(isProduction(stack)).toBe(false),
);

test('other words take the place of ours', () => {
  expect(isProduction('live-eu', ['live'])).toBe(true);
  expect(isProduction('prod', ['live'])).toBe(false);
});
