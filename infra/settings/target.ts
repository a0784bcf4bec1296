import { type Fault, showValue } from './fault.ts';
import type { Settings } from './settings.ts';

/** Finds settings that the target cannot have. */
export function checkTarget(settings: Settings): Fault[] {
  const { target } = settings;
  switch (target) {
    case 'docker':
      return checkDocker(settings);
    case 'kubernetes':
      return checkKubernetes(settings);
    default:
      return target satisfies never;
  }
}

/** One machine runs one app and one bouncer; more than that is what Kubernetes is for. */
function checkDocker({ app, pooler }: Settings): Fault[] {
  const wants: readonly (readonly [string, unknown, string | number])[] = [
    ['app.replicas', app.replicas, 1],
    ['app.maxReplicas', app.maxReplicas, 1],
    ['app.maxSurge', app.maxSurge, 0],
    ['pooler.placement', pooler.placement, 'shared'],
  ];
  return wants
    .filter(([, got, allowed]) => got !== allowed)
    .map(([key, got, allowed]) => ({
      key,
      got: showValue(got),
      allowed: `${allowed} on the docker target`,
      remedy: 'Leave it out, or set target to kubernetes.',
    }));
}

function checkKubernetes({ app, pooler }: Settings): Fault[] {
  const faults: Fault[] = [];
  if (pooler.publishPort !== 'off')
    faults.push({
      key: 'pooler.publishPort',
      got: `${pooler.publishPort}`,
      allowed: 'off on the kubernetes target',
      remedy: 'Leave it out: inside the cluster the pooler has an address of its own.',
    });
  if (app.adminPort === app.port)
    faults.push({
      key: 'app.adminPort',
      got: `${app.adminPort}, which is app.port too`,
      allowed: 'another port than app.port on the kubernetes target',
      remedy: 'Leave it out: only a port of its own can be closed to everyone but the monitoring.',
    });
  if (app.maxSurge === 0)
    faults.push({
      key: 'app.maxSurge',
      got: '0',
      allowed: 'at least 1 on the kubernetes target',
      remedy:
        'Leave it out: ' +
        'a pod is removed only when its successor is ready, so there must be room for one more.',
    });
  return faults;
}
