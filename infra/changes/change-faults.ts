import type { Fault } from '../settings/fault.ts';
import type { Plan } from '../plan/plan.ts';
import type { Before } from './deployed-plan.ts';

/** Finds what a deployed environment cannot become, however good the plan is by itself. */
export function findChangeFaults(
  before: Before,
  { settings: { credentialsVersion } }: Plan,
): readonly Fault[] {
  const deployed = typeof before === 'string' ? undefined : before.credentialsVersion;
  if (deployed === undefined || credentialsVersion >= deployed) return [];
  return [
    {
      key: 'credentialsVersion',
      got: `${credentialsVersion}, but ${deployed} is deployed`,
      allowed: `${deployed} or more`,
      remedy:
        `Raise it to ${deployed}, or to ${deployed + 1} for new passwords: ` +
        'an older version lacks the passwords that the database has now.',
    },
  ];
}
