import { type Fault, showValue } from './fault.ts';
import { isPinned } from './images.ts';
import type { Settings } from './settings.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Settings that say how a foreign image is run; of ours it is known. */
const OF_FOREIGN_IMAGES = ['command', 'user', 'driver', 'health', 'migrate', 'secretsAs'] as const;

/** Settings that only our app reads. */
const OF_OURS = ['adminPort', 'logFormat'] as const;

/** Finds what does not go together with an image that is not ours. `raw` is what the user wrote. */
export function checkAppImage(settings: Settings, raw: Raw): Fault[] {
  const given = typeof raw['app'] === 'object' && raw['app'] !== null ? (raw['app'] as Raw) : {};
  const { image } = settings.app;
  return image === undefined
    ? refuse(given, OF_FOREIGN_IMAGES, {
        allowed: 'nothing without app.image',
        remedy: 'Leave it out: how our own app is run is known. Or name the image in app.image.',
      })
    : [
        ...refuse(given, OF_OURS, {
          allowed: 'nothing beside app.image',
          remedy: 'Leave it out: only our own app reads it.',
        }),
        ...checkForeign(settings, image),
      ];
}

const refuse = (
  given: Raw,
  keys: readonly string[],
  words: Pick<Fault, 'allowed' | 'remedy'>,
): Fault[] =>
  keys
    .filter((key) => given[key] !== undefined)
    .map((key) => ({ key: `app.${key}`, got: showValue(given[key]), ...words }));

function checkForeign({ app, postgres, pooler }: Settings, image: string): Fault[] {
  const faults: Fault[] = [];
  if (app.health === undefined)
    faults.push({
      key: 'app.health',
      got: 'nothing',
      allowed: 'what tells that the app of app.image is ready',
      remedy:
        'Set app.health.path to a path that answers 200, or app.health.command to a program of ' +
        'the image that ends with 0.',
    });
  if (postgres.protect && !isPinned(image))
    faults.push({
      key: 'app.image',
      got: showValue(image),
      allowed: 'a version tag or a digest while postgres.protect is true',
      remedy: 'Name the version: what is deployed must be what was tested.',
    });
  if (pooler.enabled && pooler.placement === 'sidecar')
    faults.push({
      key: 'pooler.placement',
      got: 'sidecar',
      allowed: 'shared beside app.image',
      remedy: 'Leave it out: a sidecar is reached by its socket alone, which few programs can.',
    });
  return faults;
}
