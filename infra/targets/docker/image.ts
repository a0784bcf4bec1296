import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { type Component, objectLabels, PROJECT } from './naming.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface ImageSource {
  readonly environment: string;
  readonly component: Component;
  /** Folder of the Dockerfile, from the repository's root. Its .dockerignore begins with `*` and names what the image is made of as `!path`. */
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
    },
    triggers: { content },
  });
  return image.imageId;
}

/** SHA-256 over the names and the contents of the Dockerfile and of all that .dockerignore lets in. */
function hashContext(context: string): string {
  const rules = readFileSync(join(context, '.dockerignore'), 'utf8').split('\n').filter((line) => line !== '' && line !== '*');
  const admitted = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  const left = rules.filter((rule) => !rule.startsWith('!'));
  const below = (file: string, entry: string): boolean => file === entry || file.startsWith(`${entry}/`);
  const hash = createHash('sha256');
  for (const file of readdirSync(context, { recursive: true, encoding: 'utf8' }).sort()) {
    const isPart = file === 'Dockerfile' || (admitted.some((entry) => below(file, entry)) && !left.some((entry) => below(file, entry)));
    if (!isPart || !statSync(join(context, file)).isFile()) continue;
    hash.update(`${file}\0`).update(readFileSync(join(context, file))).update('\0');
  }
  return hash.digest('hex');
}
