import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallError } from '../call.ts';
import { useImages } from './stack-images.ts';

const DIGEST = `registry.test/team/app@sha256:${'0123456789abcdef'.repeat(4)}`;
let folder: string;
let from: string;
let stackFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stack-images-'));
  [from, stackFile] = [join(folder, 'images.yaml'), join(folder, 'Pulumi.test.yaml')];
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the images go into the settings, and everything else stays as it was written', () => {
  writeFileSync(from, `config:\n  spywatcher:images:\n    app: ${DIGEST}\n`);
  writeFileSync(
    stackFile,
    'encryptionsalt: v1:abc\n' +
      'config:\n' +
      '  # why it is so\n' +
      '  spywatcher:target: kubernetes\n' +
      '  spywatcher:rootSecret:\n' +
      '    secure: v1:xyz\n',
  );
  expect(useImages(from, stackFile)).toEqual([`app: ${DIGEST}`]);
  expect(readFileSync(stackFile, 'utf8')).toBe(
    'encryptionsalt: v1:abc\n' +
      'config:\n' +
      '  # why it is so\n' +
      '  spywatcher:target: kubernetes\n' +
      '  spywatcher:rootSecret:\n' +
      '    secure: v1:xyz\n' +
      '  spywatcher:images:\n' +
      `    app: ${DIGEST}\n`,
  );
});

test('a named image is replaced; one that is not among the new ones stays', () => {
  writeFileSync(
    from,
    `config:\n  spywatcher:images:\n    app: ${DIGEST}\n    postgres: registry.test/postgres:1\n`,
  );
  writeFileSync(
    stackFile,
    'config:\n' +
      '  spywatcher:images:\n' +
      '    app: registry.test/app:1\n' +
      '    redis: registry.test/redis:1\n',
  );
  useImages(from, stackFile);
  expect(readFileSync(stackFile, 'utf8')).toBe(
    'config:\n' +
      '  spywatcher:images:\n' +
      `    app: ${DIGEST}\n` +
      '    redis: registry.test/redis:1\n' +
      '    postgres: registry.test/postgres:1\n',
  );
});

test('a key that is there with nothing after it is filled in', () => {
  writeFileSync(from, `config:\n  spywatcher:images:\n    app: ${DIGEST}\n`);
  writeFileSync(stackFile, 'config:\n  spywatcher:images:\n  spywatcher:target: docker\n');
  useImages(from, stackFile);
  expect(readFileSync(stackFile, 'utf8')).toBe(
    `config:\n  spywatcher:target: docker\n  spywatcher:images:\n    app: ${DIGEST}\n`,
  );
});

test("where Postgres is somebody else's, no image of it is named", () => {
  writeFileSync(
    from,
    `config:\n  spywatcher:images:\n    app: ${DIGEST}\n    postgres: registry.test/postgres:1\n`,
  );
  writeFileSync(stackFile, 'config:\n  spywatcher:postgres:\n    external:\n      host: db.test\n');
  expect(useImages(from, stackFile)).toEqual([`app: ${DIGEST}`]);
  expect(readFileSync(stackFile, 'utf8')).not.toContain('registry.test/postgres');
});

test.each([
  ['is empty', ''],
  ['holds something else', 'config:\n  spywatcher:target: docker\n'],
  ['is no YAML', 'config: [\n'],
])('a file that %s is refused, and the settings stay', (_what, text) => {
  writeFileSync(from, text);
  writeFileSync(stackFile, 'config: {}\n');
  expect(() => useImages(from, stackFile)).toThrow(CallError);
  expect(() => useImages(from, stackFile)).toThrow('holds no config with spywatcher:images');
  expect(readFileSync(stackFile, 'utf8')).toBe('config: {}\n');
});

test('a file that is not there is refused by its name', () => {
  writeFileSync(stackFile, 'config: {}\n');
  expect(() => useImages(from, stackFile)).toThrow(CallError);
  expect(() => useImages(from, stackFile)).toThrow(from);
});
