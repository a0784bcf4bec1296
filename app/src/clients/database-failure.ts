import { causesOf, codesOf, MAX_CAUSE_DEPTH } from '../log/error-causes.ts';
import { type FailureKind, kindOfFailureCode, kindOfFailureText } from './failure-codes.ts';

/** Why the database did not answer, as far as a caller can act on it. */
export type DatabaseFailure = 'pool_full' | 'database_down' | 'database_timeout' | 'shutting_down';

/** Thrown instead of starting work on a database client that is being closed. */
export class DatabaseClosedError extends Error {
  override readonly name = 'DatabaseClosedError';
}

const FAILURES: Readonly<Record<FailureKind, DatabaseFailure | undefined>> = {
  unreachable: 'database_down',
  connect_timeout: 'database_down',
  connection_exception: 'database_down',
  tls_refused: 'database_down',
  login_refused: 'database_down',
  no_slot: 'database_down',
  server_trouble: 'database_down',
  statement_timeout: 'database_timeout',
  // A fault of the schema or of the code, which no retry mends.
  permission_denied: undefined,
};

/** Prisma's own words for the same. */
const PRISMA_CODES: Readonly<Record<string, DatabaseFailure>> = {
  // https://www.prisma.io/docs/orm/reference/error-reference
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
  // The adapter's `kind`: a raw query fails with P2010 whatever the reason, and only this tells
  // why.
  AuthenticationFailed: 'database_down',
  ConnectionClosed: 'database_down',
  DatabaseAccessDenied: 'database_down',
  DatabaseDoesNotExist: 'database_down',
  DatabaseNotReachable: 'database_down',
  SocketTimeout: 'database_down',
  TlsConnectionError: 'database_down',
  TooManyConnections: 'database_down',
};

/** Texts of pg-pool, which gives no codes. */
const POOL_TEXTS: readonly (readonly [string, DatabaseFailure])[] = [
  ['timeout exceeded when trying to connect', 'pool_full'],
  ['after calling end on the pool', 'shutting_down'],
];

/** Classifies a failure of the database's availability; undefined for any other error. */
export function databaseFailureOf(error: unknown, depth = 0): DatabaseFailure | undefined {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSE_DEPTH) return undefined;
  if (error instanceof DatabaseClosedError) return 'shutting_down';
  const inner = causesOf(error).map((cause) => databaseFailureOf(cause, depth + 1));
  return (
    inner.find((failure) => failure !== undefined) ?? failureOfCodes(error) ?? failureOfText(error)
  );
}

/**
 * Returns whether the work may never have reached the database, so that a read may be tried once
 * more.
 */
export function isConnectionFailure(error: unknown): boolean {
  return databaseFailureOf(error) === 'database_down';
}

function failureOfCodes(error: object): DatabaseFailure | undefined {
  for (const code of codesOf(error)) {
    const failure = PRISMA_CODES[code] ?? failureOfKind(kindOfFailureCode(code));
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function failureOfText(error: object): DatabaseFailure | undefined {
  const { message } = error as { readonly message?: unknown };
  if (typeof message !== 'string') return undefined;
  return (
    POOL_TEXTS.find(([text]) => message.includes(text))?.[1] ??
    failureOfKind(kindOfFailureText(message))
  );
}

const failureOfKind = (kind: FailureKind | undefined): DatabaseFailure | undefined =>
  kind === undefined ? undefined : FAILURES[kind];
