import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { areInstalled, ensureDependencies } from './dependencies.mjs';

let folder: string;
let installs: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dependencies-'));
  installs = 0;
  writeFileSync(join(folder, 'package-lock.json'), '{"first": true}');
});
afterEach(() => void rmSync(folder, { recursive: true }));

/** Does to the folder what `npm ci` does: deletes node_modules first, then fills it. */
const npmStandIn = (): Promise<void> => {
  installs += 1;
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules', 'left-pad'), { recursive: true });
  return Promise.resolve();
};
const ensure = (install = npmStandIn): Promise<void> =>
  ensureDependencies({
    folder,
    lockFile: join(folder, 'x.lock'),
    report: () => undefined,
    install,
  });

test('node_modules is installed once, and again when package-lock.json changes', async () => {
  await ensure();
  await ensure();
  expect(installs).toBe(1);
  writeFileSync(join(folder, 'package-lock.json'), '{"second": true}');
  await ensure();
  expect(installs).toBe(2);
});

test('an interrupted installation is redone, also one that interrupts a good state', async () => {
  await ensure();
  writeFileSync(join(folder, 'package-lock.json'), '{"second": true}');
  await expect(
    ensure(() => npmStandIn().then(() => Promise.reject(new Error('killed')))),
  ).rejects.toThrow('killed');
  expect(areInstalled(folder)).toBe(false);
  await ensure();
  expect(areInstalled(folder)).toBe(true);
});

test('two runs at once install once', async () => {
  await Promise.all([ensure(), ensure()]);
  expect(installs).toBe(1);
});
