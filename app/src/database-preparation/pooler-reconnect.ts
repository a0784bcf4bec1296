import pg from 'pg';
import type { Preparation } from './preparation.ts';
import { describePostgresError, PreparationError } from './preparation-error.ts';

const CONSOLE_DATABASE = 'pgbouncer';
const TIMEOUT_MS = 5_000;
const NOT_RUNNING = ['ECONNREFUSED', 'ENOENT', 'ENOTFOUND'];

type Pooler = NonNullable<Preparation['pooler']>;

/**
 * Makes PgBouncer, in each of its processes, replace each server connection at the end of its
 * transaction: prepared statements made before a migration fail with "cached plan must not change
 * result type", and role settings reach new server connections only. All are told, also beside one
 * that refuses.
 * @returns false when none runs there, so that there is nothing to replace.
 */
export async function reconnectPooler(pooler: Pooler): Promise<boolean> {
  const hosts = pooler.host.split(',');
  const told = await Promise.allSettled(hosts.map((host) => reconnectProcess({ ...pooler, host })));
  for (const result of told) if (result.status === 'rejected') throw result.reason;
  return told.some((result) => result.status === 'fulfilled' && result.value);
}

async function reconnectProcess({ host, port, user, password }: Pooler): Promise<boolean> {
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database: CONSOLE_DATABASE,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // The console speaks the simple protocol only: no parameters.
    await client.query('RECONNECT');
    return true;
  } catch (error) {
    if (NOT_RUNNING.includes((error as { code?: string }).code ?? '')) return false;
    throw new PreparationError(
      `The database is prepared, but PgBouncer at ${host}, port ${port}, does not RECONNECT: ` +
        `${describePostgresError(error)}. ` +
        `Check that ${user} is among its admin_users, with the password of this plan.`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
