import { constants } from 'node:os';
import { causesOf, codesOf, MAX_CAUSE_DEPTH } from '../log/error-causes.ts';

/** Why the database did not answer, as far as a caller can act on it. */
export type DatabaseFailure = 'pool_full' | 'database_down' | 'database_timeout' | 'shutting_down';

/** Thrown instead of starting work on a database client that is being closed. */
export class DatabaseClosedError extends Error {
  override readonly name = 'DatabaseClosedError';
}

const CODES: Readonly<Record<string, DatabaseFailure>> = {
  // Prisma: https://www.prisma.io/docs/orm/reference/error-reference
  P1000: 'database_down',
  P1001: 'database_down',
  P1002: 'database_down',
  P1003: 'database_down',
  P1008: 'database_down',
  P1010: 'database_down',
  P1011: 'database_down',
  P1017: 'database_down',
  P2028: 'database_timeout',
  P2037: 'database_down',
  // Postgres, where its class below does not tell: https://www.postgresql.org/docs/current/errcodes-appendix.html
  '25006': 'database_down', // Read-only: a former primary, or a server whose disk is full.
  '25P03': 'database_timeout',
  '25P04': 'database_timeout',
  '3D000': 'database_down',
  '55P03': 'database_timeout',
  '57014': 'database_timeout',
  // The adapter's own `kind`: a raw query fails with P2010 whatever the reason, and only this tells why.
  AuthenticationFailed: 'database_down',
  ConnectionClosed: 'database_down',
  DatabaseAccessDenied: 'database_down',
  DatabaseDoesNotExist: 'database_down',
  DatabaseNotReachable: 'database_down',
  SocketTimeout: 'database_down',
  TlsConnectionError: 'database_down',
  TooManyConnections: 'database_down',
};

/** SQLSTATE classes that tell of the connection, the login or the server itself, and never of the statement. */
const SERVER_CLASSES: readonly string[] = [
  '08', // Connection exception; PgBouncer's own refusals carry 08P01.
  '28', // Invalid authorization.
  '53', // Insufficient resources: connections, memory, disk.
  '57', // Operator intervention: the server stops or starts.
  '58', // System error: the server's own input and output.
];

/** pg and pg-pool give these no code; the texts are theirs. */
const MESSAGES: readonly (readonly [string, DatabaseFailure])[] = [
  ['timeout exceeded when trying to connect', 'pool_full'],
  ['Connection terminated due to connection timeout', 'database_down'],
  ['Connection terminated', 'database_down'],
  ['Query read timeout', 'database_timeout'],
  ['after calling end on the pool', 'shutting_down'],
  ['is not queryable', 'database_down'],
  ['SASL: ', 'database_down'],
];

/** Tells a failure of the database's availability from any other error, which gives undefined. */
export function databaseFailureOf(error: unknown, depth = 0): DatabaseFailure | undefined {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSE_DEPTH) return undefined;
  if (error instanceof DatabaseClosedError) return 'shutting_down';
  const inner = causesOf(error).map((cause) => databaseFailureOf(cause, depth + 1));
  return (
    inner.find((failure) => failure !== undefined) ??
    failureOfCodes(error) ??
    failureOfMessage(error)
  );
}

/** Whether the work certainly or possibly never reached the database, so that a read may be tried once more. */
export function isConnectionFailure(error: unknown): boolean {
  return databaseFailureOf(error) === 'database_down';
}

function failureOfCodes(error: object): DatabaseFailure | undefined {
  for (const code of codesOf(error)) {
    const failure =
      CODES[code] ?? (isServerState(code) || isSystemError(code) ? 'database_down' : undefined);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

const isServerState = (code: string): boolean =>
  /^\d\d[0-9A-Z]{3}$/.test(code) && SERVER_CLASSES.includes(code.slice(0, 2));

/**
 * A socket that could not be opened, or that broke. Any code of the operating system will do: PgBouncer, for one, opens
 * its socket to others only after it listens on it, so that a restart is also seen as EACCES. Prisma passes the code on, and nothing else.
 */
const isSystemError = (code: string): boolean =>
  Object.hasOwn(constants.errno, code) ||
  code === 'ENOTFOUND' ||
  code.startsWith('EAI_') ||
  code.startsWith('ERR_SSL_');

function failureOfMessage(error: object): DatabaseFailure | undefined {
  const message: unknown = (error as { message?: unknown }).message;
  if (typeof message !== 'string') return undefined;
  return MESSAGES.find(([text]) => message.includes(text))?.[1];
}
