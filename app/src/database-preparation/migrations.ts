import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Migration } from './migration-files.ts';
import { describePostgresError, PreparationError } from './preparation-error.ts';

interface AppliedRow {
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
  readonly logs: string | null;
}

/**
 * Number of Prisma's own lock; with its table it lets Prisma's CLI and this agree on what was
 * applied.
 */
const ADVISORY_LOCK = 72_707_369;
const LOCK_TIMEOUT = '10s';
const LOCK_NOT_AVAILABLE = '55P03';

const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS public._prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/**
 * Does what `prisma migrate deploy` does, without its engine. As owner, over a direct connection.
 * @returns the names of those applied now.
 * @throws {PreparationError} when an applied one was changed or is missing, when an earlier one
 * failed, or when one fails now.
 */
export async function applyMigrations(
  owner: pg.Client,
  migrations: readonly Migration[],
  report: (line: string) => void,
): Promise<readonly string[]> {
  await lock(owner);
  try {
    await owner.query(CREATE_TABLE);
    await forgetCutOff(owner, migrations);
    const applied = await readApplied(owner);
    refuseHistory(applied, migrations);
    const pending = migrations.filter(({ name }) => !applied.some((row) => row.name === name));
    for (const migration of pending) {
      report(`migration ${migration.name}: applying`);
      await apply(owner, migration);
    }
    return pending.map(({ name }) => name);
  } finally {
    await owner.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK]).catch(() => undefined);
  }
}

async function lock(owner: pg.Client): Promise<void> {
  try {
    await owner.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    await owner.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await owner.query('RESET lock_timeout');
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new PreparationError(
      `Another run has held the migration lock for ${LOCK_TIMEOUT}. Wait until it is done, ` +
        'then run this again.',
    );
  }
}

async function readApplied(owner: pg.Client): Promise<readonly AppliedRow[]> {
  const { rows } = await owner.query<AppliedRow>(`
    SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished", logs
    FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`);
  return rows;
}

/**
 * Forgets runs that were killed half-way: an atomic file left only a row without an error, so it is
 * applied again.
 */
async function forgetCutOff(owner: pg.Client, migrations: readonly Migration[]): Promise<void> {
  const names = migrations.filter(({ isAtomic }) => isAtomic).map(({ name }) => name);
  await owner.query(
    `UPDATE public._prisma_migrations SET rolled_back_at = now()
    WHERE finished_at IS NULL AND rolled_back_at IS NULL AND logs IS NULL
      AND migration_name = ANY ($1)`,
    [names],
  );
}

/** Refuses to apply anything on top of a history that is not the one in the files. */
function refuseHistory(applied: readonly AppliedRow[], migrations: readonly Migration[]): void {
  for (const { name, checksum, isFinished, logs } of applied) {
    if (!isFinished) {
      const cause = logs === null ? ', or was cut off' : `: ${logs}`;
      throw new PreparationError(
        `The migration ${name} failed earlier${cause}. ` +
          'Undo what it left behind (nothing, unless the file itself commits), mend the file, ' +
          'then as the owner, past the pooler: ' +
          'UPDATE public._prisma_migrations SET rolled_back_at = now() ' +
          `WHERE migration_name = '${name}' AND finished_at IS NULL; and run this again.`,
      );
    }
    const file = migrations.find((migration) => migration.name === name);
    if (file === undefined) {
      throw new PreparationError(
        `The database has the migration ${name}, but these sources do not: they are older ` +
          'than the database. Use those that have it.',
      );
    }
    if (file.checksum !== checksum) {
      throw new PreparationError(
        `The migration ${name} was changed after it was applied. Restore its file as it was, ` +
          'and put the change into a new migration.',
      );
    }
  }
}

async function apply(
  owner: pg.Client,
  { name, sql, checksum, isAtomic }: Migration,
): Promise<void> {
  const id = randomUUID();
  const finish = `
    UPDATE public._prisma_migrations SET finished_at = now(), applied_steps_count = 1
    WHERE id = '${id}'`;
  await owner.query(
    'INSERT INTO public._prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)',
    [id, checksum, name],
  );
  try {
    // Without parameters it is one simple query, so one transaction, unless the file has its own.
    // An atomic file is marked as finished in the same one: being killed between the two would make
    // it run twice.
    await owner.query(isAtomic ? `${sql}\n;${finish}` : sql);
    if (!isAtomic) await owner.query(finish);
  } catch (error) {
    const reason = `${describePostgresError(error)}${placeOf(error, sql)}`;
    await storeFailure(owner, id, reason);
    throw new PreparationError(
      `The migration ${name} failed: ${reason}. Nothing after it was applied.`,
    );
  }
}

/**
 * Stores the failure if the connection still works; otherwise the next run finds an unfinished row.
 */
async function storeFailure(owner: pg.Client, id: string, reason: string): Promise<void> {
  try {
    await owner.query('ROLLBACK');
    await owner.query('UPDATE public._prisma_migrations SET logs = $2 WHERE id = $1', [id, reason]);
  } catch {
    return;
  }
}

/** Finds the line of an error; Postgres counts characters of the whole text from 1. */
function placeOf(error: unknown, sql: string): string {
  const position = Number((error as { position?: string }).position);
  return Number.isInteger(position)
    ? `, at line ${
        [...sql]
          .slice(0, position - 1)
          .join('')
          .split('\n').length
      } of its migration.sql`
    : '';
}
