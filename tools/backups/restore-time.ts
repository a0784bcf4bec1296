import { CallError } from '../call.ts';

const ISO_8601 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * A moment in the past, for pgBackRest and Postgres alike: `2026-01-02 15:04:05.000+00`.
 * @throws {CallError} when it is no time, has no zone, or is still to come.
 */
export function readRestoreTime(text: string, now: Date): string {
  const moment = ISO_8601.test(text)
    ? Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
    : Number.NaN;
  if (Number.isNaN(moment))
    throw new CallError(
      `--at: got "${text}"; allowed: a time with its zone, such as 2026-01-02T15:04:05Z or ` +
        '"2026-01-02 16:04:05+01:00".',
    );
  if (moment > now.getTime())
    throw new CallError(
      `--at: got ${text}, which is still to come; now it is ${now.toISOString()}. Leave --at ` +
        'out for the latest state.',
    );
  return new Date(moment).toISOString().replace('T', ' ').replace('Z', '+00');
}
