import { createHash } from 'node:crypto';
import { z } from 'zod';
import { HttpError } from '../http/http-error.ts';

const PRESENCE_STATUSES = ['online', 'idle', 'dnd', 'offline'] as const;
export type PresenceStatus = (typeof PRESENCE_STATUSES)[number];

/** Report of a caller: at `at`, this user had this status in this guild. */
export interface PresenceReport {
  readonly userId: string;
  readonly guildId: string;
  readonly status: PresenceStatus;
  readonly at: Date;
  readonly idempotency: { readonly key: string; readonly digest: Uint8Array<ArrayBuffer> } | null;
}

/**
 * A Discord id: an unsigned 64-bit number in digits.
 * https://discord.com/developers/docs/reference#snowflakes
 */
const snowflake = z.string().regex(/^[1-9]\d{0,19}$/, 'must be a Discord id: up to 20 digits');

/** Tolerance for callers' clocks: a report from the future would stay the latest one until then. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Visible ASCII without spaces and commas: a repeated header arrives joined by ", " and is refused
 * by that.
 */
const idempotencyKey = z
  .string()
  .regex(/^[!-+\--~]{1,200}$/, 'must be 1 to 200 visible ASCII characters, given once');

const body = z.strictObject({
  userId: snowflake,
  guildId: snowflake,
  status: z.enum(PRESENCE_STATUSES),
  at: z.iso
    .datetime({ offset: true })
    .refine((at) => Date.parse(at) <= Date.now() + CLOCK_TOLERANCE_MS, 'must not lie in the future')
    .optional(),
});

/**
 * Checks what came in.
 * @throws {HttpError} 400 naming every field that is wrong.
 */
export function readPresenceReport(json: unknown, keyHeader: string | undefined): PresenceReport {
  const report = check(body, json, 'body');
  const key =
    keyHeader === undefined ? undefined : check(idempotencyKey, keyHeader, 'Idempotency-Key');
  return {
    userId: report.userId,
    guildId: report.guildId,
    status: report.status,
    at: report.at === undefined ? new Date() : new Date(report.at),
    idempotency: key === undefined ? null : { key, digest: digestOf(report) },
  };
}

/** @throws {HttpError} 400 */
export function readSnowflake(name: string, text: unknown): string {
  return check(snowflake, text, name);
}

/**
 * Hashes what was sent, so that a repetition without `at` is the same request at another moment.
 */
function digestOf({ userId, guildId, status, at }: z.infer<typeof body>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    createHash('sha256')
      .update(JSON.stringify([userId, guildId, status, at ?? null]))
      .digest(),
  );
}

function check<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    (issue) => `${[name, ...issue.path].join('.')}: ${issue.message}`,
  );
  throw new HttpError(400, 'invalid_request', faults.join('; '));
}
