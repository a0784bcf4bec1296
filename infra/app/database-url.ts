import type { Credential } from '../credentials.ts';
import type { Address } from '../plan/addresses.ts';
import { DATABASE } from '../settings/standard-names.ts';

/**
 * A libpq URL; the directory of a Unix socket is the host.
 * https://www.postgresql.org/docs/17/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function databaseUrl(
  login: Credential,
  { host, port }: Address,
  database: string = DATABASE,
): string {
  return host.startsWith('/')
    ? `postgresql://${login.name}:${login.password}@/${database}?host=${host}&port=${port}`
    : tcpUrl(login, `${host}:${port}`, database);
}

/** A libpq URL over TCP. */
export function tcpUrl(
  { name, password }: Credential,
  address: string,
  database: string = DATABASE,
): string {
  return `postgresql://${name}:${password}@${address}/${database}`;
}
