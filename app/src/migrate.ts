import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrations } from './database-preparation/migration-files.ts';
import {
  describePostgresError,
  PreparationError,
} from './database-preparation/preparation-error.ts';
import { prepareDatabase } from './database-preparation/prepare-database.ts';
import { FaultyInputError, type Fault } from './environment/fault.ts';
import { readPreparation } from './database-preparation/preparation.ts';

const NO_PREPARATION: Fault = {
  key: 'PREPARATION_FILE',
  got: 'nothing',
  allowed: 'the path of a file that says as JSON what to prepare (preparation.ts)',
  remedy: 'Set PREPARATION_FILE; there is no default.',
};

// The one-shot: prepares the database, prints what it did on stdout and exits 0, or prints why not
// on stderr and exits 1. The image has the migrations beside this file.
const preparationFile = process.env['PREPARATION_FILE'] ?? '';
const migrationsFolder =
  process.env['MIGRATIONS_DIRECTORY'] ?? join(import.meta.dirname, 'migrations');

// Process 1 of a container has no default action for these. What is half done is undone by the
// server, and the next run begins anew.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(1));

try {
  if (preparationFile === '')
    throw new FaultyInputError('The environment is not usable', [NO_PREPARATION]);
  const preparation = readPreparation(readFileSync(preparationFile, 'utf8'));
  await prepareDatabase(preparation, readMigrations(migrationsFolder), (line) => console.log(line));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

function messageOf(error: unknown): string {
  if (error instanceof PreparationError || error instanceof FaultyInputError) return error.message;
  return `The database could not be prepared: ${describePostgresError(error)}.`;
}
