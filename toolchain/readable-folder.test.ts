import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeReadable } from './readable-folder.ts';

const PRIVATE = 0o077;
let folder: string;
let umask: number;
const modeOf = (path: string): string => (statSync(join(folder, path)).mode & 0o777).toString(8);

beforeEach(() => {
  umask = process.umask(PRIVATE);
  folder = mkdtempSync(join(tmpdir(), 'readable-'));
  mkdirSync(join(folder, 'dist', 'deep', 'deeper'), { recursive: true });
  for (const file of ['program', 'top', 'deep/deeper/inner'])
    writeFileSync(join(folder, 'dist', file), '');
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

test('everyone can read all, and execute only what is named, whatever the umask', () => {
  expect(modeOf('dist/deep/deeper/inner')).toBe('600');
  makeReadable(join(folder, 'dist'), ['program']);
  for (const path of ['dist', 'dist/deep', 'dist/deep/deeper', 'dist/program'])
    expect([path, modeOf(path)]).toEqual([path, '755']);
  for (const path of ['dist/top', 'dist/deep/deeper/inner'])
    expect([path, modeOf(path)]).toEqual([path, '644']);
});

test('wider modes than wanted are narrowed, so that every build context has the same', () => {
  chmodSync(join(folder, 'dist/top'), 0o777);
  makeReadable(join(folder, 'dist'));
  expect(modeOf('dist/top')).toBe('644');
});

test("a hard link's other name gets the mode too, and what is right is not touched at all", () => {
  linkSync(join(folder, 'dist/program'), join(folder, 'original'));
  makeReadable(join(folder, 'dist'), ['program']);
  expect(modeOf('original')).toBe('755');
  const { ctimeMs } = statSync(join(folder, 'original'));
  makeReadable(join(folder, 'dist'), ['program']);
  expect(statSync(join(folder, 'original')).ctimeMs).toBe(ctimeMs);
});
