import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { dockerLabels } from '../../plan/docker-names.ts';
import { PROJECT } from '../../settings/standard-names.ts';
import type { Part } from '../part.ts';
import { hashContext } from './build-context.ts';
import type { Engine } from './engine.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

interface ImageSource {
  /**
   * Folder of the Dockerfile, from the repository's root. Its .dockerignore begins with `*` and
   * names what the image is made of as `!path`.
   */
  readonly folder: string;
  /** Image that the user names instead of ours. */
  readonly reference: string | undefined;
}

/**
 * Builds the image of a part from this repository, or takes the one that the settings name.
 * @returns the image's id, so that new content replaces what runs it.
 */
export function deployImage(part: Part, { folder, reference }: ImageSource): pulumi.Output<string> {
  const name = `${part.part}-image`;
  if (reference !== undefined)
    return new docker.RemoteImage(name, { name: reference, keepLocally: true }, part.childOptions())
      .imageId;
  const context = join(ROOT, folder);
  const content = hashContext(context);
  const image = new docker.RemoteImage(
    name,
    {
      name: `${PROJECT}-${part.environment}/${part.part}:${content.slice(0, 12)}`,
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

/** Makes what the app's image is built from, for the processor of the engine. */
export function bundleApp({ cpu }: Engine): void {
  execFileSync(process.execPath, [resolve(ROOT, 'tools/images/bundle-app.ts'), '--cpu', cpu], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
