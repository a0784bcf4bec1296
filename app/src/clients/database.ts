import { PrismaPg } from '@prisma/adapter-pg';
import type { DatabaseSettings } from '../environment/app-environment.ts';
import { PrismaClient } from '../generated/client.ts';
import { tlsOptions } from '../environment/server-tls.ts';
import { DatabaseClosedError } from './database-failure.ts';
import { MeasuredPool } from './measured-pool.ts';
import { createStatementNames } from './statement-names.ts';

/** The process's one Prisma client over its one pool. */
export interface Database {
  /** @throws {DatabaseClosedError} once closing began: Prisma would silently connect again. */
  readonly prisma: PrismaClient;
  /**
   * Runs one statement past Prisma, which would take a fifth of the processor time of a small
   * request: for what is asked for most. Rows are as pg reads them: a `bigint` is a text.
   * @throws {DatabaseClosedError} once closing began.
   */
  query<Row extends object>(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Serves readings, and checks that must cost less than Prisma. */
  readonly pool: MeasuredPool;
  /** Refuses new work, lets the running queries finish, ends every client connection. */
  close(): Promise<void>;
}

/** Client connections made in one burst must not all end in one burst. */
const LIFETIME_JITTER = 0.2;

/**
 * Opens nothing yet: the first query connects, so the process starts with the database down.
 * @param onError is called for client connections that broke, idle or in use; without a listener
 * they would end the process.
 */
export function openDatabase(
  settings: DatabaseSettings,
  onError: (error: Error) => void,
): Database {
  const pool = openPool(settings, onError);
  const nameOf =
    settings.statementNames === 'off' ? undefined : createStatementNames(settings.statementNames);
  const adapter = new PrismaPg(
    pool,
    nameOf === undefined ? {} : { statementNameGenerator: nameOf },
  );
  const prisma = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: {
      maxWait: settings.acquireTimeoutMs,
      timeout: settings.transactionTimeoutMs,
    },
  });

  let closing = false;
  const refuseWhenClosing = (): void => {
    if (closing)
      throw new DatabaseClosedError('The database client is closed: the process is shutting down.');
  };
  return {
    get prisma() {
      refuseWhenClosing();
      return prisma;
    },
    async query<Row extends object>(sql: string, values: readonly unknown[]) {
      refuseWhenClosing();
      const { rows } = await pool.query<Row>({
        name: nameOf?.({ sql }),
        text: sql,
        values: [...values],
      });
      return rows;
    },
    pool,
    async close() {
      closing = true;
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

function openPool(settings: DatabaseSettings, onError: (error: Error) => void): MeasuredPool {
  const { address } = settings;
  const pool = new MeasuredPool({
    hosts: [address.host, ...(address.otherHosts ?? [])],
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    ...tlsOptions(address),
    application_name: 'spywatcher',
    keepAlive: true,
    max: settings.poolMax,
    connectionTimeoutMillis: settings.acquireTimeoutMs,
    idleTimeoutMillis: settings.idleTimeoutMs,
    maxLifetimeSeconds: jittered(settings.maxLifetimeSeconds),
    // The role's statement_timeout ends a slow query; this ends the wait for a server that no
    // longer speaks.
    query_timeout: settings.transactionTimeoutMs,
  });
  // Without this listener an idle client's error would end the process; the client's own listener
  // has reported it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', onError);
    // The pool reads this option once for each client connection, so the next one gets another
    // lifetime.
    pool.options.maxLifetimeSeconds = jittered(settings.maxLifetimeSeconds);
  });
  return pool;
}

/** Shortens only: others count on the setting as the upper bound. Whole seconds, at least one. */
function jittered(seconds: number): number {
  return Math.max(1, Math.round(seconds * (1 - LIFETIME_JITTER * Math.random())));
}
