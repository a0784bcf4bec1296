import { POOLER_PORT, POOLER_SOCKET_DIRECTORY } from '../settings/standard-names.ts';

/** Separates the fields of a row; no text on the console holds it. */
const FIELD = '\u001f';

/**
 * Returns the command that runs psql on PgBouncer's admin console, to be run where the bouncer runs
 * as the bouncer's own Unix user, who needs no password there.
 */
export const consoleCommand = (command: string, ...flags: readonly string[]): string[] =>
  consoleCommandAt(POOLER_SOCKET_DIRECTORY, command, ...flags);

/** Returns the same command for the process with its socket in this directory. */
export function consoleCommandAt(
  directory: string,
  command: string,
  ...flags: readonly string[]
): string[] {
  return [
    'psql',
    '--no-password',
    '--no-psqlrc',
    '--quiet',
    ...flags,
    '--host',
    directory,
    '--port',
    String(POOLER_PORT),
    '--username',
    'pgbouncer',
    '--dbname',
    'pgbouncer',
    '--command',
    command,
  ];
}

/** Returns the same command with output that {@link readRows} can read. */
export const rowsCommand = (command: string, directory = POOLER_SOCKET_DIRECTORY): string[] =>
  consoleCommandAt(directory, command, '--no-align', '--tuples-only', '--field-separator', FIELD);

/** Reads the output of a {@link rowsCommand}: the fields of each row. */
export const readRows = (output: string): readonly (readonly string[])[] =>
  output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(FIELD));
