import type { Fault } from '../fault.ts';
import type { Settings } from '../settings.ts';

/** What can be planned but not yet made. Asked before anything is touched. */
export function checkDeployable({ target }: Settings): Fault[] {
  if (target !== 'kubernetes') return [];
  return [
    {
      key: 'target',
      got: '"kubernetes"',
      allowed: 'docker: this version plans Kubernetes (npm run plan) but does not deploy to it',
      remedy: 'Set target to docker, with app.replicas and app.maxReplicas left out.',
    },
  ];
}
