import pg from 'pg';
import type { DatabaseAddress } from '../../../environment/database-url.ts';
import { tlsOptions } from '../../../environment/server-tls.ts';

export type Row = Readonly<Record<string, unknown>>;

/**
 * Client with at most one connection to a server, opened when needed and reopened after it broke.
 */
export interface MonitoredClient {
  /**
   * Runs queries one after the other, in the order received. Without `values` it speaks the simple
   * protocol.
   */
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Breaks the connection: running and waiting queries fail, later ones get a new connection. */
  cut(): void;
  /** Fails waiting queries and closes the connection; takes half a second at most. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 1_000;
const FAREWELL_TIMEOUT_MS = 500;

/** @param options go into the startup packet; PgBouncer's console refuses most of them. */
export function openMonitoredClient(
  address: DatabaseAddress,
  options: Pick<pg.ClientConfig, 'statement_timeout'> = {},
): MonitoredClient {
  const { host, port, user, password, database } = address;
  const login = { host, port, user, password, database };
  let connected: pg.Client | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  let cuts = 0;

  const drop = (client: pg.Client): void => {
    if (connected === client) connected = undefined;
    client.connection.stream.destroy();
  };
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      ...login,
      ...tlsOptions(address),
      ...options,
      application_name: 'spywatcher-monitoring',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    // Without this listener a connection that breaks while idle would end the process.
    client.on('error', () => drop(client));
    client.on('end', () => drop(client));
    connected = client;
    try {
      await client.connect();
      return client;
    } catch (error) {
      drop(client);
      throw error;
    }
  };
  const run = async (
    text: string,
    values: readonly unknown[] | undefined,
  ): Promise<readonly Row[]> => {
    const client = connected ?? (await connect());
    try {
      const { rows } = await client.query<Row>(
        text,
        values === undefined ? undefined : [...values],
      );
      return rows;
    } catch (error) {
      if (!leavesConnectionUsable(error)) drop(client);
      throw error;
    }
  };

  return {
    query(text, values) {
      const cutsBefore = cuts;
      // pg's own queue is deprecated: one query at a time.
      const answer = last.then(() => {
        if (isClosed || cuts > cutsBefore) throw new Error('Connection is closed');
        return run(text, values);
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    cut() {
      cuts += 1;
      if (connected !== undefined) drop(connected);
    },
    async close() {
      isClosed = true;
      const client = connected;
      if (client === undefined) return;
      // A server that hangs never answers a farewell.
      const timer = setTimeout(() => drop(client), FAREWELL_TIMEOUT_MS);
      await client.end();
      clearTimeout(timer);
    },
  };
}

/**
 * Returns whether the connection can still be used: not after a FATAL error, or one that is not the
 * server's.
 */
function leavesConnectionUsable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}
