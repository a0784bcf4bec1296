import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One folder of Prisma's migrations. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file's bytes in hex, as Prisma stores it. */
  readonly checksum: string;
  /**
   * All of it happens or nothing: it holds neither transaction control nor what cannot run in a
   * transaction.
   */
  readonly isAtomic: boolean;
}

/** Words that make a file count as not atomic, even in a function's body or in a comment. */
const NOT_ATOMIC =
  /\b(begin|commit|rollback|(start|prepare)\s+transaction|concurrently|vacuum)\b|^\s*end\s*;/im;

/** Reads the migrations in the order in which they are applied, that of their names. */
export function readMigrations(folder: string): readonly Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name, 'migration.sql'));
      const sql = bytes.toString('utf8');
      return {
        name,
        sql,
        checksum: createHash('sha256').update(bytes).digest('hex'),
        isAtomic: !NOT_ATOMIC.test(sql),
      };
    });
}
