import type { Fault } from './fault.ts';
import type { Settings } from './settings.ts';

/** Finds settings that do not fit each other, on any target. */
export const checkConsistency = (settings: Settings): Fault[] =>
  [checkUpperBounds, checkProcesses, checkProtection, checkPublishedPort].flatMap((check) =>
    check(settings),
  );

function checkUpperBounds({ app, pooler, monitoring }: Settings): Fault[] {
  const pairs: readonly (readonly [string, number, string, number])[] = [
    ['app.replicas', app.replicas, 'app.maxReplicas', app.maxReplicas],
    ['pooler.minPoolSize', pooler.minPoolSize, 'pooler.poolSize', pooler.poolSize],
    [
      'monitoring.warnPercent',
      monitoring.warnPercent,
      'monitoring.criticalPercent',
      monitoring.criticalPercent,
    ],
  ];
  return pairs
    .filter(([, value, , bound]) => value > bound)
    .map(([key, value, boundKey, bound]) => ({
      key,
      got: `${value}`,
      allowed: `at most ${bound} (${boundKey})`,
      remedy: `Lower ${key} to ${bound}, or raise ${boundKey} to ${value}.`,
    }));
}

/** An app instance is one thread, which does far more for a query than its PgBouncer. */
function checkProcesses({ pooler: { placement, processes } }: Settings): Fault[] {
  if (placement !== 'sidecar' || processes === 1) return [];
  return [
    {
      key: 'pooler.processes',
      got: `${processes}`,
      allowed: '1 while pooler.placement is sidecar',
      remedy:
        'Leave it out: one app instance cannot use up one PgBouncer, and more instances ' +
        '(app.replicas) bring more of them. Or set pooler.placement to shared.',
    },
  ];
}

function checkProtection({ pooler, postgres, backup }: Settings): Fault[] {
  const faults: Fault[] = [];
  if (postgres.protect && pooler.publishPort !== 'off') {
    faults.push({
      key: 'pooler.publishPort',
      got: `${pooler.publishPort}`,
      allowed: 'off while postgres.protect is true',
      remedy:
        'Leave pooler.publishPort out: an environment with protected data publishes only the app.',
    });
  }
  if (backup.enabled && !postgres.protect) {
    faults.push({
      key: 'backup.enabled',
      got: 'true',
      allowed: 'false while postgres.protect is false',
      remedy:
        'Set postgres.protect to true: ' +
        'without it npm run down deletes the backups together with the data.',
    });
  }
  return faults;
}

function checkPublishedPort({ app, pooler: { publishPort } }: Settings): Fault[] {
  const taken = app.adminPort === app.port ? (['port'] as const) : (['port', 'adminPort'] as const);
  return taken
    .filter((key) => app[key] === publishPort)
    .map((key) => ({
      key: 'pooler.publishPort',
      got: `${publishPort}`,
      allowed: 'a port that the app does not use',
      remedy: `Choose another port than app.${key} ${app[key]}.`,
    }));
}
