import { type Fault, showValue } from './fault.ts';
import type { Settings } from './settings.ts';

/**
 * Finds images that are not pinned beside protected data: what is deployed must be what was tested.
 */
export function checkImages({ images, postgres }: Settings): Fault[] {
  if (!postgres.protect) return [];
  return Object.entries(images)
    .filter(([, reference]) => reference !== undefined && !isPinned(reference))
    .map(([name, reference]) => ({
      key: `images.${name}`,
      got: showValue(reference),
      allowed: 'a version tag or a digest while postgres.protect is true',
      remedy: 'Name the version: what is deployed must be what was tested.',
    }));
}

/**
 * Whether a reference has a digest, or a tag that is not `latest`; a port in the registry's name is
 * no tag. The policy `pinned-image` stands alone and has its own; a test holds the two together.
 */
export function isPinned(reference: string): boolean {
  const tag = /:([^:/@]+)(?:@|$)/.exec(reference)?.[1];
  return reference.includes('@sha256:') || (tag !== undefined && tag !== 'latest');
}
