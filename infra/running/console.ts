import { renderUserlist } from '../../pgbouncer/userlist.ts';
import { POOLER_PORT, POOLER_SOCKET_DIRECTORY } from '../settings/standard-names.ts';
import type { Credentials } from '../credentials.ts';

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

/** userlist.txt: who may log in to PgBouncer, by verifier. */
export function renderPoolerUsers({
  app,
  earlierApps,
  poolerAdmin,
  poolerMonitor,
}: Credentials): string {
  return renderUserlist(
    [app, ...earlierApps, poolerAdmin, poolerMonitor].map(({ name, verifier }) => ({
      name,
      secret: verifier,
    })),
  );
}
