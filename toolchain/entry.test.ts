import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entry-'));
  mkdirSync(join(folder, 'real'));
  symlinkSync('real', join(folder, 'link'));
  const isEntry = JSON.stringify(join(import.meta.dirname, 'entry.ts'));
  writeFileSync(
    join(folder, 'real', 'script.mjs'),
    `import { isEntry } from ${isEntry};\nconsole.log(isEntry(import.meta.filename));`,
  );
  writeFileSync(join(folder, 'real', 'importer.mjs'), `import './script.mjs';`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], input = ''): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    input,
    encoding: 'utf8',
  });
  return (stdout + stderr).trim();
}

test.each([
  ['a relative path', 'real/script.mjs'],
  ['a path through a link', 'link/script.mjs'],
])('a script that node is started with by %s is the entry', (_how, path) => {
  expect(run([path])).toBe('true');
});

test('an imported script is not the entry, from a file, from stdin or from --eval', () => {
  expect(run(['real/importer.mjs'])).toBe('false');
  expect(run(['--input-type=module', '-'], `import './real/script.mjs';`)).toBe('false');
  expect(run(['--input-type=module', '--eval', `import './real/script.mjs';`])).toBe('false');
});
