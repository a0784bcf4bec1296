import { POOLER_PORT, POOLER_SOCKET_DIRECTORY } from '../plan/addresses.ts';

/** psql on PgBouncer's admin console, as the process's own Unix user, who needs no password there. */
export function consoleCommand(command: string, ...flags: readonly string[]): string[] {
  return [
    'psql',
    '--no-password',
    '--no-psqlrc',
    '--quiet',
    ...flags,
    '--host',
    POOLER_SOCKET_DIRECTORY,
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
