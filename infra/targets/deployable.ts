import type { Fault } from '../settings/fault.ts';
import type { Settings } from '../settings/settings.ts';

/** Names the images that a cluster has to pull. */
const neededImages = ({
  postgres,
}: Settings): readonly ('app' | 'postgres' | 'pgbouncer' | 'redis')[] =>
  postgres.external === undefined
    ? ['app', 'postgres', 'pgbouncer', 'redis']
    : ['app', 'pgbouncer', 'redis'];

/** Finds what can be planned but not made, before anything is touched. */
export function checkDeployable(settings: Settings): Fault[] {
  const { target, images } = settings;
  if (target !== 'kubernetes') return [];
  return neededImages(settings)
    .filter((name) => images[name] === undefined)
    .map((name) => ({
      key: `images.${name}`,
      got: 'nothing',
      allowed:
        'a reference with a version tag or a digest: ' +
        'a cluster pulls its images, it does not build them',
      remedy:
        'Build it from this repository (npm run images), push it, ' +
        `and set images.${name} to what it is called there.`,
    }));
}
