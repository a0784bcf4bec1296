import { join } from 'node:path';
import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { dockerLabels } from '../../plan/docker-names.ts';
import { PROJECT } from '../../settings/standard-names.ts';
import type { Part } from '../part.ts';
import { hashContext, ROOT } from './build-context.ts';

interface ImageSource {
  /**
   * Folder of the Dockerfile, from the repository's root. Its .dockerignore begins with `*` and
   * names what the image is made of as `!path`.
   */
  readonly folder: string;
  /** Image that the user names instead of ours. */
  readonly reference: string | undefined;
  /** Brings the folder up to date, where something has to. */
  readonly made?: Promise<void>;
}

/**
 * Builds the image of a part from this repository, or takes the one that the settings name.
 * @returns the image's id, so that new content replaces what runs it.
 */
export function deployImage(
  part: Part,
  { folder, reference, made = Promise.resolve() }: ImageSource,
): pulumi.Output<string> {
  const name = `${part.part}-image`;
  if (reference !== undefined)
    return new docker.RemoteImage(name, { name: reference, keepLocally: true }, part.childOptions())
      .imageId;
  const context = join(ROOT, folder);
  const content = pulumi.output(made.then(() => hashContext(context)));
  const image = new docker.RemoteImage(
    name,
    {
      name: content.apply(
        (digest) => `${PROJECT}-${part.environment}/${part.part}:${digest.slice(0, 12)}`,
      ),
      build: {
        context,
        labels: Object.fromEntries(
          dockerLabels(part.environment, part.part).map(({ label, value }) => [label, value]),
        ),
      },
      triggers: { content },
    },
    part.childOptions(),
  );
  return image.imageId;
}
