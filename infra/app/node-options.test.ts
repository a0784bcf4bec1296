import { expect, test } from '@jest/globals';
import { checkSettings } from '../settings/check-settings.ts';
import { nodeOptions } from './node-options.ts';

test.each([
  [128, 8],
  [512, 32],
  [1_000, 32],
  [1_024, 64],
  [65_536, 64],
])('%i MiB of memory have %i MiB for new objects', (memoryMiB, semiSpaceMiB) => {
  const raw = { target: 'docker', credentialsVersion: 1, app: { memoryMiB } };
  const { settings } = checkSettings(raw, 'dev');
  expect(nodeOptions(settings.app)).toBe(`--max-semi-space-size=${semiSpaceMiB}`);
});
