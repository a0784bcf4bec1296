import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './lock.mjs';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
afterEach(() => void rmSync(folder, { recursive: true }));

test('two work in turn, the second reports why it waits, and the file goes', async () => {
  const file = join(folder, 'made', 'x.lock');
  const log: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    log.push(`+${name}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push(`-${name}`);
  };
  await Promise.all([
    withLock(file, () => log.push('waits'), work('a')),
    withLock(file, () => log.push('waits'), work('b')),
  ]);
  expect(log).toEqual(['waits', '+a', '-a', '+b', '-b']);
  expect(existsSync(file)).toBe(false);
});

test('the lock of a dead process is taken over, unless a child of it lives', async () => {
  const file = join(folder, 'x.lock');
  const dead = spawnSync(process.execPath, ['--version']).pid;
  writeFileSync(file, `${dead}`);
  await expect(
    withLock(
      file,
      () => undefined,
      () => Promise.resolve('taken over'),
    ),
  ).resolves.toBe('taken over');

  writeFileSync(file, `${dead} ${process.ppid}`);
  let waited = false;
  await withLock(
    file,
    () => ((waited = true), rmSync(file)),
    () => Promise.resolve(),
  );
  expect(waited).toBe(true);
});

test('work that fails leaves no lock behind', async () => {
  const file = join(folder, 'x.lock');
  await expect(
    withLock(
      file,
      () => undefined,
      () => Promise.reject(new Error('no')),
    ),
  ).rejects.toThrow('no');
  expect(existsSync(file)).toBe(false);
});
