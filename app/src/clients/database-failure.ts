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
  // Postgres: https://www.postgresql.org/docs/current/errcodes-appendix.html
  '28000': 'database_down',
  '28P01': 'database_down',
  '3D000': 'database_down',
  '53300': 'database_down',
  '55P03': 'database_timeout',
  '57014': 'database_timeout',
  '57P01': 'database_down',
  '57P02': 'database_down',
  '57P03': 'database_down',
  '57P05': 'database_down',
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

/** Operating-system codes of a socket that cannot be opened or that broke. */
const SOCKET_CODES = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'ETIMEDOUT'];

/** pg and pg-pool give these no code; the texts are theirs. */
const MESSAGES: readonly (readonly [string, DatabaseFailure])[] = [
  ['timeout exceeded when trying to connect', 'pool_full'],
  ['Connection terminated due to connection timeout', 'database_down'],
  ['Connection terminated', 'database_down'],
  ['Query read timeout', 'database_timeout'],
  ['after calling end on the pool', 'shutting_down'],
  ['is not queryable', 'database_down'],
];

/** How deep Prisma, its adapter and pg wrap one another's errors. */
const MAX_DEPTH = 6;

/** Tells a failure of the database's availability from any other error, which gives undefined. */
export function databaseFailureOf(error: unknown, depth = 0): DatabaseFailure | undefined {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return undefined;
  if (error instanceof DatabaseClosedError) return 'shutting_down';
  const inner = innerErrors(error).map((cause) => databaseFailureOf(cause, depth + 1));
  return inner.find((failure) => failure !== undefined) ?? failureOfCodes(error) ?? failureOfMessage(error);
}

/** Whether the work certainly or possibly never reached the database, so that a read may be tried once more. */
export function isConnectionFailure(error: unknown): boolean {
  return databaseFailureOf(error) === 'database_down';
}

function failureOfCodes(error: object): DatabaseFailure | undefined {
  for (const key of ['code', 'originalCode', 'kind'] as const) {
    const code: unknown = (error as Record<string, unknown>)[key];
    if (typeof code !== 'string') continue;
    // Class 08 is "connection exception"; PgBouncer's own refusals carry 08P01.
    if (code.startsWith('08') || SOCKET_CODES.includes(code)) return 'database_down';
    const failure = CODES[code];
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function failureOfMessage(error: object): DatabaseFailure | undefined {
  const message: unknown = (error as { message?: unknown }).message;
  if (typeof message !== 'string') return undefined;
  return MESSAGES.find(([text]) => message.includes(text))?.[1];
}

function innerErrors(error: object): readonly unknown[] {
  const { cause, meta, errors } = error as { cause?: unknown; meta?: { driverAdapterError?: unknown }; errors?: unknown };
  return [cause, meta?.driverAdapterError, ...(Array.isArray(errors) ? (errors as readonly unknown[]) : [])];
}
