import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashContext } from './build-context.ts';

let context: string;
beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'build-context-'));
  mkdirSync(join(context, 'dist'));
  write('Dockerfile', 'FROM base\n');
  write('.dockerignore', '*\n!dist\n!start.sh\ndist/notes\n');
  write('dist/main.js', 'main');
  write('start.sh', 'start');
});
afterEach(() => rmSync(context, { recursive: true }));

const write = (file: string, content: string): void => writeFileSync(join(context, file), content);

test.each(['Dockerfile', 'dist/main.js', 'dist/new.js', 'start.sh'])(
  'another %s is another content',
  async (file) => {
    const before = await hashContext(context);
    write(file, 'changed');
    expect(await hashContext(context)).not.toBe(before);
  },
);

test.each(['README.md', 'dist/notes', 'start.sh.orig'])(
  '%s is no part of the content',
  async (file) => {
    const before = await hashContext(context);
    write(file, 'changed');
    expect(await hashContext(context)).toBe(before);
  },
);
