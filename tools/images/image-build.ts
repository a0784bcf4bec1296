import { join } from 'node:path';
import { hashContext } from '../../infra/targets/docker/build-context.ts';
import { PROJECT } from '../../infra/settings/standard-names.ts';
import { ensureBaseImage } from '../../toolchain/debian/base-image.ts';
import { bundleApp } from './bundle-app.ts';
import { type DockerEngine, ensureDockerEngine } from '../../toolchain/docker/docker-engine.ts';
import { pullImage, pushImage, type RegistryImage } from './image-registry.ts';
import { checkout } from '../../toolchain/places.mjs';
import { runProgram, tryProgram } from '../../toolchain/program.ts';
import { type Report, runSteps, type Step, type StepOutcome } from '../../toolchain/progress.ts';

type ImageName = 'app' | 'postgres' | 'pgbouncer' | 'redis';

/** From the checkout's root. */
const FOLDERS: Readonly<Record<ImageName, string>> = {
  app: 'app',
  postgres: 'infra/images/postgres',
  pgbouncer: 'pgbouncer',
  redis: 'infra/images/redis',
};

const ALL = Object.keys(FOLDERS) as ImageName[];

/** Where images are kept for other machines. */
export interface Registry {
  /** `registry.example/team`, the folder of the four repositories. */
  readonly address: string;
  /**
   * What is done with an image that it does not have: `push` builds and pushes it, `name` only says
   * how it would be called.
   */
  readonly missing: 'push' | 'name';
}

interface ImageBuild<Name extends ImageName> {
  /**
   * References such as `spywatcher/app:0123456789ab`: the tag names the content. With a registry,
   * what they are called there: by digest once they are.
   */
  readonly images: Readonly<Record<Name, string>>;
  /** The environment for `docker` commands that are to reach the engine that the images are in. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Builds images of this repository, all unless some are named, with the Docker Engine; those that
 * are there already are left alone. With a registry, what has the same content there counts as
 * there, so that an image is built once and keeps its digest.
 */
export async function buildImages<Name extends ImageName = ImageName>(
  names: readonly Name[] = ALL as Name[],
  registry?: Registry,
): Promise<ImageBuild<Name>> {
  let engine: DockerEngine | undefined;
  const images = new Map<ImageName, string>();
  const found = (): DockerEngine => {
    if (engine === undefined) throw new Error('A step ran before the one that finds the engine.');
    return engine;
  };
  // What only names an image needs nothing to build it from.
  const isBuilt = registry?.missing !== 'name';
  const beforeAll = isBuilt ? ['Base image'] : ['Docker Engine'];
  const builds = names.map((name): Step => ({
    name: `image ${name}`,
    after: [...beforeAll, ...(name === 'app' ? ['app bundle'] : [])],
    run: async (report, signal) => {
      const context = join(checkout, FOLDERS[name]);
      const content = (await hashContext(context)).slice(0, 12);
      const env = environmentFor(found());
      const local = `${PROJECT}/${name}:${content}`;
      if (registry === undefined) {
        images.set(name, local);
        return build({ name, tag: local, context, env, report, signal });
      }
      const there: RegistryImage = {
        repository: `${registry.address}/${name}`,
        tag: content,
        env,
        report,
      };
      const published = await pullImage(there);
      if (published !== undefined || registry.missing === 'name') {
        images.set(name, published ?? `${there.repository}:${content}`);
        return 'ready';
      }
      await build({ name, tag: local, context, env, report, signal });
      images.set(name, await pushImage(local, there));
      return 'done';
    },
  }));
  const bundle: Step = {
    name: 'app bundle',
    after: ['Docker Engine'],
    run: async (report) => {
      await bundleApp({ cpu: found().architecture === 'arm64' ? 'arm64' : 'x64', report });
      return 'ready';
    },
  };
  await runSteps([
    {
      name: 'Docker Engine',
      run: async (report) => {
        engine = await ensureDockerEngine(report);
        return engine.wasStarted ? 'done' : 'ready';
      },
    },
    ...(isBuilt
      ? [
          {
            name: 'Base image',
            after: ['Docker Engine'],
            run: (report: Report, signal: AbortSignal) =>
              ensureBaseImage({ engine: found(), report, signal }),
          },
        ]
      : []),
    ...((names as readonly ImageName[]).includes('app') ? [bundle] : []),
    ...builds,
  ]);
  return {
    images: Object.fromEntries(images) as Record<Name, string>,
    env: environmentFor(found()),
  };
}

interface Build {
  readonly name: ImageName;
  readonly tag: string;
  readonly context: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly signal: AbortSignal;
}

async function build({ name, tag, context, env, ...options }: Build): Promise<StepOutcome> {
  if ((await tryProgram('docker', ['image', 'inspect', tag], { env })).code === 0) return 'ready';
  const labels = ['--label', `project=${PROJECT}`, '--label', `component=${name}`];
  const { report: onLine, signal } = options;
  await runProgram('docker', ['build', '--tag', tag, ...labels, context], { env, onLine, signal });
  return 'done';
}

const environmentFor = ({ host }: DockerEngine): NodeJS.ProcessEnv => ({
  ...process.env,
  DOCKER_HOST: host,
});
