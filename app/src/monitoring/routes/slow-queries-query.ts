import { z } from 'zod';
import { HttpError } from '../../http/http-error.ts';
import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { SORTS, type SlowQueriesQuery } from '../readings/slow-queries.ts';

const DEFAULT_LIMIT = 20;
const DAY_MS = 86_400_000;

/** Requires digits, given once: a repeated parameter arrives as a list. */
const wholeNumber = (min: number, max: number) =>
  z
    .string(`must be given once, as a whole number from ${min} to ${max}`)
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine(
      (value) => value >= min && value <= max,
      `must be a whole number from ${min} to ${max}`,
    );

/**
 * Reads `?limit=&minMs=&sort=`; without `minMs` it is what the plan calls slow.
 * @param parameters as the query parser gives them.
 * @throws {HttpError} 400 naming every parameter that is wrong.
 */
export function readSlowQueriesQuery(parameters: unknown, plan: MonitoringPlan): SlowQueriesQuery {
  const schema = z.strictObject({
    limit: wholeNumber(1, 100).default(DEFAULT_LIMIT),
    minMs: wholeNumber(0, DAY_MS).default(plan.slowQueryMs),
    sort: z.enum(SORTS, `must be given once, as one of ${SORTS.join(', ')}`).default('mean'),
  });
  const result = schema.safeParse({ ...(parameters as Record<string, unknown>) });
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `${key}: is not known here (limit, minMs and sort are)`)
      : [`${issue.path.join('.')}: ${issue.message}`],
  );
  throw new HttpError(400, 'invalid_request', faults.join('; '));
}
