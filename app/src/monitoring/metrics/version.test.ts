import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from './version.ts';

test('the version is the one in package.json', () => {
  const manifest = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8'),
  ) as { readonly version: string };
  expect(VERSION).toBe(manifest.version);
});
