import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePagesModule } from './bundle-dashboard.ts';
import { checkout } from '../../toolchain/places.mjs';

test('the same sources give the same bytes, with a licence and no local path', async () => {
  const made = await makePagesModule();
  expect(await makePagesModule()).toBe(made);
  const licence = readFileSync(join(checkout, 'node_modules', 'uplot', 'LICENSE'), 'utf8').trim();
  expect(licence).toContain(
    'The above copyright notice and this permission notice shall be included',
  );
  expect(made).toContain(JSON.stringify(licence).slice(1, -1));
  expect(made).not.toContain(checkout);
  expect(made.length).toBeLessThan(150_000);
});
