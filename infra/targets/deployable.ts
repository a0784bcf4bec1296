import type { Fault } from '../fault.ts';
import type { Settings } from '../settings.ts';

/** What can be planned but not made. Asked before anything is touched. */
export function checkDeployable({ target, images }: Settings): Fault[] {
  if (target !== 'kubernetes') return [];
  return (['app', 'postgres', 'pgbouncer', 'redis'] as const)
    .filter((name) => images[name] === undefined)
    .map((name) => ({
      key: `images.${name}`,
      got: 'nothing',
      allowed: 'a reference with a version tag or a digest: a cluster pulls its images, it does not build them',
      remedy: `Build it from this repository (npm run images), push it, and set images.${name} to what it is called there.`,
    }));
}
