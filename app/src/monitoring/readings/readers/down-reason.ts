import {
  type FailureKind,
  kindOfFailureCode,
  kindOfFailureText,
} from '../../../clients/failure-codes.ts';
import type { DownReason } from '../layer-words.ts';

/** Thrown by a reading that took too long. */
export class ReadingTimeoutError extends Error {
  override readonly name = 'ReadingTimeoutError';

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
  }
}

const REASONS: Readonly<Record<FailureKind, DownReason>> = {
  unreachable: 'unreachable',
  connect_timeout: 'timeout',
  connection_exception: 'unreachable',
  tls_refused: 'unreachable',
  login_refused: 'login_refused',
  no_slot: 'no_slot',
  server_trouble: 'unreachable',
  statement_timeout: 'timeout',
  permission_denied: 'login_refused',
};

/** Texts of PgBouncer, Redis and ioredis, which give no code, or one for every reason. */
const TEXTS: readonly (readonly [RegExp, DownReason])[] = [
  [/no more connections allowed|max number of clients reached/, 'no_slot'],
  [/authentication failed|^WRONGPASS|^NOAUTH|^NOPERM|no such user|not allowed/i, 'login_refused'],
  [/timeout|timed out/i, 'timeout'],
  [/^Connection is closed|isn't writeable/, 'unreachable'],
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
  // For a host name with several addresses Node throws one error for each.
  if (Array.isArray(errors) && code === undefined) return downReasonOf(errors[0]);
  const text = String(message);
  const kind = kindOfFailureCode(String(code)) ?? kindOfFailureText(text);
  if (kind !== undefined && kind !== 'connection_exception') return REASONS[kind];
  const reason = TEXTS.find(([pattern]) => pattern.test(text))?.[1];
  return reason ?? (kind === undefined ? 'failed' : REASONS[kind]);
}
