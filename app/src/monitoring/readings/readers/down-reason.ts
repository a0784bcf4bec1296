import type { DownReason } from '../readings.ts';

/** What a reading that took too long fails with. */
export class ReadingTimeoutError extends Error {
  override readonly name = 'ReadingTimeoutError';

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
  }
}

/** Operating-system codes, Postgres' SQLSTATEs and Redis' error words. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CODES: Readonly<Record<string, DownReason>> = {
  EACCES: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOENT: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EPIPE: 'unreachable',
  // Full when nobody accepts any more: the process is stopped.
  EAGAIN: 'timeout',
  ETIMEDOUT: 'timeout',
  '28P01': 'login_refused',
  '28000': 'login_refused',
  '3D000': 'login_refused',
  '42501': 'login_refused',
  '53300': 'no_slot',
  '57014': 'timeout',
  '57P01': 'unreachable',
  '57P02': 'unreachable',
  '57P03': 'unreachable',
};

/** pg, ioredis, PgBouncer and Redis give these no code of their own; the texts are theirs. */
const MESSAGES: readonly (readonly [RegExp, DownReason])[] = [
  [/no more connections allowed|max number of clients reached/, 'no_slot'],
  [/authentication failed|^WRONGPASS|^NOAUTH|^NOPERM|no such user|not allowed/i, 'login_refused'],
  [/timeout|timed out/i, 'timeout'],
  [/^Connection terminated|^Connection is closed|isn't writeable|not queryable/, 'unreachable'],
];

/** Why a layer could not be read, as far as a person can act on it. */
export function downReasonOf(error: unknown): DownReason {
  if (error instanceof ReadingTimeoutError) return 'timeout';
  if (typeof error !== 'object' || error === null) return 'failed';
  const { code, errors, message } = error as {
    readonly code?: unknown;
    readonly errors?: unknown;
    readonly message?: unknown;
  };
  // Of a host name with several addresses Node tells one error for each.
  if (Array.isArray(errors) && code === undefined) return downReasonOf(errors[0]);
  return (
    CODES[String(code)] ?? MESSAGES.find(([text]) => text.test(String(message)))?.[1] ?? 'failed'
  );
}
