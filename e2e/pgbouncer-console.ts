import { dockerOutput } from './docker.ts';

/** Asks PgBouncer's console and gives its rows by the names of the columns, as the process's own user. */
export async function show(
  pgbouncer: string,
  command: `SHOW ${string}`,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const psql = [
    'psql',
    '-XqA',
    '-P',
    'footer=off',
    '-h',
    '/run/pgbouncer',
    '-p',
    '6432',
    '-U',
    'pgbouncer',
    '-d',
    'pgbouncer',
    '-c',
    command,
  ];
  const [columns = [], ...rows] = (await dockerOutput('exec', pgbouncer, ...psql))
    .split('\n')
    .map((line) => line.split('|'));
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ''])),
  );
}
