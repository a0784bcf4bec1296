import { dockerContainer, podOf } from '../containers.ts';
import { isText, showValue, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const pinnedImage: ResourceRule = {
  name: 'pinned-image',
  reason:
    'What is deployed must be what was tested, on every machine and after every restart: latest ' +
    'is whatever was pushed last.',
  check: (subject) =>
    references(subject).flatMap(([at, reference]): Violation[] => {
      // What is not known yet is the id of an image that this update builds or pulls.
      if (!isText(reference) || isPinned(reference)) return [];
      return [
        {
          at,
          got: showValue(reference),
          allowed: 'a version tag or a digest',
          remedy:
            'Name the version: name:1.2.3, or name@sha256:... as docker image inspect prints it.',
        },
      ];
    }),
};

function references(subject: Subject): [string, unknown][] {
  const { type, props } = subject;
  if (type === 'docker:index/remoteImage:RemoteImage') return [['name', props['name']]];
  if (type === 'docker:index/image:Image') return [['imageName', props['imageName']]];
  const container = dockerContainer(subject);
  if (container !== undefined) return [['image', container['image']]];
  return (podOf(subject)?.containers ?? []).map((found) => [
    `${found.at}.image`,
    valueAt(found.props, 'image'),
  ]);
}

/**
 * An image's id, a digest, or a tag that is not `latest`; a port in the registry's name is no tag.
 */
export function isPinned(reference: string): boolean {
  if (/(?:^|@)sha256:[0-9a-f]{64}$/.test(reference)) return true;
  const tag = /:([^:/@]+)$/.exec(reference)?.[1];
  return tag !== undefined && tag !== 'latest';
}
