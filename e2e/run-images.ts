import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hashContext } from '../infra/targets/docker/build-context.ts';
import { withLock } from '../toolchain/lock.mjs';
import { bundleApp } from '../tools/images/bundle-app.ts';
import { docker, dockerOutput, TEST_LABEL } from './docker.ts';

/** Where each image is built from. */
const FOLDERS = {
  app: 'app',
  postgres: 'infra/images/postgres',
  pgbouncer: 'pgbouncer',
  redis: 'infra/images/redis',
  prometheus: 'e2e/images/prometheus',
  chromium: 'e2e/images/chromium',
} as const;

export type ImageName = keyof typeof FOLDERS;

/** What an environment is made of. */
export const STACK_IMAGES = ['app', 'postgres', 'pgbouncer', 'redis'] as const;

const ROOT = resolve(import.meta.dirname, '..');
/**
 * The process that removes the images: Jest's first one, which hands its id down to the workers.
 */
const OWNER = 'E2E_IMAGE_OWNER';
const TAG_LENGTH = 12;

const built = new Map<string, Promise<string>>();

/**
 * Makes the images that this process and those below it build belong to it, or to an owner that is
 * no process, whose images stay until it removes them.
 */
export function ownImages(owner = String(process.pid)): void {
  process.env[OWNER] = owner;
}

/**
 * An image of this run: built by the first file that asks for it, the same one for all others. Its
 * tag names its content. `run-clean-up.ts` removes it.
 */
export function runImage(name: ImageName): Promise<string> {
  return runImageOf(name, async () => {
    if (name === 'app') await bundleForEngine();
    return join(ROOT, FOLDERS[name]);
  });
}

/** The same of any other folder with a Dockerfile, which `prepare` brings up to date and names. */
export function runImageOf(name: string, prepare: () => Promise<string>): Promise<string> {
  const image = built.get(name) ?? prepare().then((context) => buildOnce(name, context));
  built.set(name, image);
  return image;
}

/** The `images` of a stack's settings, so that its `up` builds none. */
export async function stackImages(): Promise<
  Readonly<Record<(typeof STACK_IMAGES)[number], string>>
> {
  const images = await Promise.all(
    STACK_IMAGES.map(async (name) => [name, await runImage(name)] as const),
  );
  return Object.fromEntries(images) as Record<(typeof STACK_IMAGES)[number], string>;
}

async function buildOnce(name: string, context: string): Promise<string> {
  const owner = process.env[OWNER] ?? String(process.pid);
  const content = (await hashContext(context)).slice(0, TAG_LENGTH);
  const repository = `spywatcher-images-${owner}/${name}`;
  const tag = `${repository}:${content}`;
  const lock = join(tmpdir(), `${repository.replace('/', '-')}.lock`);
  return withLock(
    lock,
    () => undefined,
    async () => {
      if ((await docker('image', 'inspect', tag)).exitCode === 0) return tag;
      // A stage without a tag could never be told from other people's layers, and would stay for
      // good.
      for (const stage of stagesOf(join(context, 'Dockerfile')))
        await build(context, `${repository}-${stage}`, '--target', stage);
      await build(context, tag);
      return tag;
    },
  );
}

async function build(context: string, tag: string, ...args: readonly string[]): Promise<void> {
  const labels = ['--label', TEST_LABEL];
  await dockerOutput('build', '--quiet', '--tag', tag, ...labels, ...args, context);
}

async function bundleForEngine(): Promise<void> {
  await bundleApp({ cpu: await engineCpu(), report: () => undefined });
}

/** The processor of the engine, which may run on another machine. */
export async function engineCpu(): Promise<'arm64' | 'x64'> {
  const architecture = await dockerOutput('version', '--format', '{{.Server.Arch}}');
  return architecture === 'arm64' ? 'arm64' : 'x64';
}

const stagesOf = (dockerfile: string): string[] =>
  [...readFileSync(dockerfile, 'utf8').matchAll(/^FROM .* AS (\S+)$/gm)].map(
    ([, stage = '']) => stage,
  );
