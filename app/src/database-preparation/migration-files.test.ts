import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrations } from './migration-files.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), sql);
}

test('folders are read in order of name, without other files, with their checksums', () => {
  write('20260102_b', 'SELECT 2;');
  write('20260101_a', '');
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"');
  const [first, second] = readMigrations(folder);
  expect([first?.name, second?.name]).toEqual(['20260101_a', '20260102_b']);
  // As `printf '' | sha256sum` gives it.
  expect(first?.checksum).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test.each([
  ['CREATE TABLE a (); CREATE INDEX b ON a (c);', true],
  ['CREATE INDEX CONCURRENTLY a ON b (c);', false],
  ['BEGIN; SELECT 1; COMMIT;', false],
  ['UPDATE a SET b = CASE WHEN c THEN 1 END;', true],
  ['SELECT 1;\nEND;', false],
  ['start  transaction; SELECT 1;', false],
  ['CREATE TABLE "commitment" ();', true],
])('%j is atomic: %s', (sql, isAtomic) => {
  write('20260103_c', sql);
  expect(readMigrations(folder).at(-1)?.isAtomic).toBe(isAtomic);
});

test("the project's own migrations are atomic, so an interrupted run can be repeated", () => {
  const own = readMigrations(join(import.meta.dirname, '..', '..', 'prisma', 'migrations'));
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter(({ isAtomic }) => !isAtomic)).toEqual([]);
});
