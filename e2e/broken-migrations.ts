import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { DockerScope } from './docker.ts';
import { asRoot } from './image-set-up.ts';
import { credentials } from './live-credentials.ts';
import { type PooledDatabase, preparationOf } from './pooled-database.ts';

const { app, owner } = credentials;
const wanted = preparationOf(credentials);
const INIT = '20261101000000_init';
const init = readFileSync(
  join(import.meta.dirname, '..', 'app', 'prisma', 'migrations', INIT, 'migration.sql'),
  'utf8',
);

/**
 * Expects a migration that fails to stop the one-shot and to stay refused until the way out of its
 * message is taken; one that was changed, or is missing, is refused as well.
 */
export async function expectFailedMigrationStops(
  scope: DockerScope,
  database: PooledDatabase,
): Promise<void> {
  const broken = await writeMigrations(scope, 'broken', {
    [INIT]: init,
    '20270101_more': 'CREATE TABLE more (id int);\nCREATE TABLE more (id int);',
    '20270102_after': 'CREATE TABLE after_it ();',
  });
  const failed = await database.prepare(wanted, broken);
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toContain(
    'The migration 20270101_more failed: relation "more" already exists (42P07)',
  );
  expect(
    await database.ask(`SELECT to_regclass('more') IS NULL AND to_regclass('after_it') IS NULL`),
  ).toBe('t');

  const mended = await writeMigrations(scope, 'mended', {
    [INIT]: init,
    '20270101_more': 'CREATE TABLE more (id int);',
    '20270102_after': 'CREATE TABLE after_it ();',
  });
  const refused = await database.prepare(wanted, mended);
  expect(refused.exitCode).toBe(1);
  const [wayOut = ''] = /UPDATE public\._prisma_migrations .*?;/.exec(refused.stderr) ?? [];
  await database.ask(wayOut, owner);
  expect(await database.prepare(wanted, mended)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('migrations: 2 applied, 1 were there') as unknown,
  });
  expect(await database.askPooled('SELECT count(*) FROM more', app)).toBe('0');

  const changed = await writeMigrations(scope, 'changed', {
    [INIT]: init,
    '20270101_more': 'CREATE TABLE more (id bigint);',
    '20270102_after': 'CREATE TABLE after_it ();',
  });
  expect(await database.prepare(wanted, changed)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('20270101_more was changed after it was applied') as unknown,
  });
  expect(await database.prepare(wanted)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      'has the migration 20270101_more, but these sources do not',
    ) as unknown,
  });
  await database.ask(
    `DELETE FROM _prisma_migrations WHERE migration_name <> '${INIT}'; DROP TABLE more, after_it`,
    owner,
  );
}

/**
 * Expects a migration that was cut off to be applied again, unless it may have left something
 * behind.
 */
export async function expectCutOffMigrationResumes(
  scope: DockerScope,
  database: PooledDatabase,
): Promise<void> {
  const cutOff = (name: string) =>
    database.ask(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ' +
        `(gen_random_uuid(), 'x', '${name}')`,
      owner,
    );
  const files = await writeMigrations(scope, 'cut', {
    [INIT]: init,
    '20270201_atomic': 'CREATE TABLE atomic (id int)',
    '20270202_other': 'CREATE INDEX CONCURRENTLY slow ON presence (at);',
  });
  await cutOff('20270201_atomic');
  expect(await database.prepare(wanted, files)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('migrations: 2 applied') as unknown,
  });
  await cutOff('20270202_other');
  expect(await database.prepare(wanted, files)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('20270202_other failed earlier, or was cut off') as unknown,
  });
  await database.ask(
    `DELETE FROM _prisma_migrations WHERE migration_name <> '${INIT}'; DROP TABLE ` +
      'atomic; DROP INDEX slow',
    owner,
  );
}

/** A volume of migration folders, `name: sql`. */
async function writeMigrations(
  scope: DockerScope,
  suffix: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const volume = await scope.volume(`migrations-${suffix}`);
  for (const [name, sql] of Object.entries(files)) {
    await asRoot(scope, volume, [
      'mkdir -p "/volume/$2" && printf %s "$1" >"/volume/$2/migration.sql"',
      sql,
      name,
    ]);
  }
  return volume;
}
