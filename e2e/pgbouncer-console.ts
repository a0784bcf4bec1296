import { consoleCommand } from '../infra/running/console.ts';
import { dockerOutput } from './docker.ts';

/**
 * Asks PgBouncer's console and gives its rows by the names of the columns, as the process's own
 * user.
 */
export async function show(
  pgbouncer: string,
  command: `SHOW ${string}`,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const psql = consoleCommand(command, '--no-align', '--pset', 'footer=off');
  const [columns = [], ...rows] = (await dockerOutput('exec', pgbouncer, ...psql))
    .split('\n')
    .map((line) => line.split('|'));
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ''])),
  );
}
