import { constants } from 'node:os';

/** Kinds of failure that a code or a text of pg tells apart, whichever part of the app asked. */
export type FailureKind =
  /** Nobody listens, the connection broke, or the server starts or stops: waiting helps. */
  | 'unreachable'
  /** Nobody accepts the connection in time. */
  | 'connect_timeout'
  /** Ended while connecting; PgBouncer's refusals are such, and only their text tells why. */
  | 'connection_exception'
  /** No trusted connection can be made. */
  | 'tls_refused'
  /** The password, the role or the database is wrong. */
  | 'login_refused'
  /** The server runs and takes no further connection. */
  | 'no_slot'
  /** The server answers and cannot work: memory, disk, its own input and output. */
  | 'server_trouble'
  /** A statement or a transaction took longer than it may. */
  | 'statement_timeout'
  /** The role may log in, and may not do this. */
  | 'permission_denied';

/** SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SERVER_STATES: Readonly<Record<string, FailureKind>> = {
  '25006': 'server_trouble', // Read-only: a former primary, or a server whose disk is full.
  '25P03': 'statement_timeout',
  '25P04': 'statement_timeout',
  '3D000': 'login_refused',
  '42501': 'permission_denied',
  '53300': 'no_slot',
  '55P03': 'statement_timeout',
  '57014': 'statement_timeout',
};

/**
 * SQLSTATE classes that concern the connection, the login or the server, and never the statement.
 */
const SERVER_STATE_CLASSES: Readonly<Record<string, FailureKind>> = {
  '08': 'connection_exception',
  '28': 'login_refused',
  '53': 'server_trouble',
  '57': 'unreachable',
  '58': 'server_trouble',
};

/** Operating-system codes of a socket on which nobody accepts; EAGAIN is a full backlog. */
const CONNECT_TIMEOUTS: readonly string[] = ['EAGAIN', 'ETIMEDOUT', 'EWOULDBLOCK'];

/**
 * Beginnings of OpenSSL's codes as Node passes them on:
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const TLS_CODES: readonly string[] = [
  ...['ERR_SSL_', 'ERR_TLS_CERT_', 'CERT_', 'CRL_', 'UNABLE_TO_', 'DEPTH_ZERO_', 'SELF_SIGNED_'],
  ...['INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED', 'HOSTNAME_MISMATCH'],
];

/** Texts that pg gives no code; Prisma puts its own words around them. */
const TEXTS: readonly (readonly [RegExp, FailureKind])[] = [
  [/SASL: /, 'login_refused'],
  [/timeout expired|Connection terminated due to connection timeout/, 'connect_timeout'],
  [/Query read timeout/, 'statement_timeout'],
  [/Connection terminated|is not queryable/, 'unreachable'],
];

/**
 * Classifies a failure by its code; undefined when the code concerns no server, or its statement
 * alone.
 */
export function kindOfFailureCode(code: string): FailureKind | undefined {
  return SERVER_STATES[code] ?? kindOfStateClass(code) ?? kindOfSystemCode(code);
}

/** Classifies a failure of pg that has no code by its text. */
export function kindOfFailureText(text: string): FailureKind | undefined {
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1];
}

function kindOfStateClass(code: string): FailureKind | undefined {
  return /^\d\d[0-9A-Z]{3}$/.test(code) ? SERVER_STATE_CLASSES[code.slice(0, 2)] : undefined;
}

/**
 * Takes any code of the operating system for a socket that could not be opened, or that broke.
 * PgBouncer, for one, opens its socket to others only after it listens on it, so that a restart is
 * also seen as EACCES.
 */
function kindOfSystemCode(code: string): FailureKind | undefined {
  if (CONNECT_TIMEOUTS.includes(code)) return 'connect_timeout';
  if (TLS_CODES.some((start) => code.startsWith(start))) return 'tls_refused';
  const isUnreachable =
    Object.hasOwn(constants.errno, code) || code === 'ENOTFOUND' || code.startsWith('EAI_');
  return isUnreachable ? 'unreachable' : undefined;
}
