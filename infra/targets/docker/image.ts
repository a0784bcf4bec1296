import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { type Component, objectLabels, PROJECT } from './naming.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface ImageSource {
  readonly environment: string;
  readonly component: Component;
  /** Folder of the Dockerfile, from the repository's root. Its .dockerignore names what the image is made of, line by line as `!path`. */
  readonly folder: string;
  /** An image that the user names instead of ours. */
  readonly reference: string | undefined;
}

/** An image built from this repository, or the one that the settings name. The output is the image's id, so that new content replaces what runs it. */
export function deployImage({ environment, component, folder, reference }: ImageSource): pulumi.Output<string> {
  if (reference !== undefined) return new docker.RemoteImage(`${component}-image`, { name: reference, keepLocally: true }).imageId;
  const context = join(ROOT, folder);
  const content = hashContext(context);
  const image = new docker.RemoteImage(`${component}-image`, {
    name: `${PROJECT}-${environment}/${component}:${content.slice(0, 12)}`,
    build: {
      context,
      labels: Object.fromEntries(objectLabels(environment, component).map(({ label, value }) => [label, value])),
      // Keeps BuildKit's cache out of the way of the engines that do not have it.
      remove: true,
      forceRemove: true,
    },
    triggers: { content },
  });
  return image.imageId;
}

/** SHA-256 over the names and the contents of the Dockerfile and of all that .dockerignore lets in. */
function hashContext(context: string): string {
  const hash = createHash('sha256');
  const admitted = readFileSync(join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1).replace(/\/(\*\*)?$/, ''));
  for (const path of ['Dockerfile', ...admitted].flatMap((entry) => filesBelow(context, entry)).sort()) {
    hash.update(path).update('\0').update(readFileSync(join(context, path))).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(context: string, path: string): string[] {
  const entries = readdirSync(context, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.length + 1))
    .filter((file) => file === path || file.startsWith(`${path}/`));
}
