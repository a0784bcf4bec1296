import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { hashContext } from './build-context.ts';
import type { Engine } from './engine.ts';
import { PROJECT } from '../../settings/standard-names.ts';
import { type DockerComponent, dockerLabels } from '../../plan/docker-names.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface ImageSource {
  readonly environment: string;
  readonly component: DockerComponent;
  /** Folder of the Dockerfile, from the repository's root. Its .dockerignore begins with `*` and names what the image is made of as `!path`. */
  readonly folder: string;
  /** An image that the user names instead of ours. */
  readonly reference: string | undefined;
}

/** An image built from this repository, or the one that the settings name. The output is the image's id, so that new content replaces what runs it. */
export function deployImage({
  environment,
  component,
  folder,
  reference,
}: ImageSource): pulumi.Output<string> {
  if (reference !== undefined)
    return new docker.RemoteImage(`${component}-image`, { name: reference, keepLocally: true })
      .imageId;
  const context = join(ROOT, folder);
  const content = hashContext(context);
  const image = new docker.RemoteImage(`${component}-image`, {
    name: `${PROJECT}-${environment}/${component}:${content.slice(0, 12)}`,
    build: {
      context,
      labels: Object.fromEntries(
        dockerLabels(environment, component).map(({ label, value }) => [label, value]),
      ),
    },
    triggers: { content },
  });
  return image.imageId;
}

/** Makes what the app's image is built from, for the processor of the engine. */
export function bundleApp({ cpu }: Engine): void {
  execFileSync(process.execPath, [resolve(ROOT, 'tools/images/bundle-app.ts'), '--cpu', cpu], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
