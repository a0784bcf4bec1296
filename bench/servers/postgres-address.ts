import {
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
  POSTGRES_PORT,
  POSTGRES_SOCKET_DIRECTORY,
} from '../../infra/settings/standard-names.ts';

/** Where a client of Postgres connects to: a name in the network, or a directory of sockets. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
}

export const DIRECT_TCP = { host: 'postgres', port: POSTGRES_PORT };
export const DIRECT_SOCKET = { host: POSTGRES_SOCKET_DIRECTORY, port: POSTGRES_PORT };
export const OUR_POOLER = { host: POOLER_SOCKET_DIRECTORY, port: POOLER_PORT };

/** A PgBouncer with the common pgbouncer.ini. */
export const commonPoolerAt = (name: string): PostgresAddress => ({
  host: name,
  port: POOLER_PORT,
});

/** pgpool-II or HAProxy, which stand where Postgres did. */
export const otherPoolerAt = (name: string): PostgresAddress => ({
  host: name,
  port: POSTGRES_PORT,
});
