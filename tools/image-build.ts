import { join } from 'node:path';
import { hashContext } from '../infra/targets/docker/build-context.ts';
import { PROJECT } from '../infra/targets/project.ts';
import { ensureBaseImage } from './base-image.ts';
import { bundleApp } from './bundle-app.ts';
import { type DockerEngine, ensureDockerEngine } from './docker-engine.ts';
import { checkout } from './places.mjs';
import { runProgram, tryProgram } from './program.ts';
import { runSteps, type Step } from './progress.ts';

export type ImageName = 'app' | 'postgres' | 'pgbouncer' | 'redis';

/** From the checkout's root. */
const FOLDERS: Readonly<Record<ImageName, string>> = { app: 'app', postgres: 'infra/images/postgres', pgbouncer: 'pgbouncer', redis: 'infra/images/redis' };

const ALL = Object.keys(FOLDERS) as ImageName[];

export interface ImageBuild<Name extends ImageName> {
  /** References such as `spywatcher/app:0123456789ab`: the tag names the content. */
  readonly images: Readonly<Record<Name, string>>;
  /** The environment for `docker` commands that are to reach the engine that the images are in. */
  readonly env: NodeJS.ProcessEnv;
}

/** Builds images of this repository, all unless some are named, with the Docker Engine; those that are there already are left alone. */
export async function buildImages<Name extends ImageName = ImageName>(names: readonly Name[] = ALL as Name[]): Promise<ImageBuild<Name>> {
  let engine: DockerEngine | undefined;
  const images = new Map<ImageName, string>();
  const found = (): DockerEngine => {
    if (engine === undefined) throw new Error('A step ran before the one that finds the engine.');
    return engine;
  };
  const builds = names.map((name): Step => ({
    name: `image ${name}`,
    after: name === 'app' ? ['Base image', 'app bundle'] : ['Base image'],
    run: async (report, signal) => {
      const context = join(checkout, FOLDERS[name]);
      const tag = `${PROJECT}/${name}:${hashContext(context).slice(0, 12)}`;
      images.set(name, tag);
      const env = environmentFor(found());
      if ((await tryProgram('docker', ['image', 'inspect', tag], { env })).code === 0) return 'ready';
      const labels = ['--label', `project=${PROJECT}`, '--label', `component=${name}`];
      await runProgram('docker', ['build', '--tag', tag, ...labels, context], { env, onLine: report, signal });
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
    { name: 'Base image', after: ['Docker Engine'], run: (report, signal) => ensureBaseImage({ engine: found(), report, signal }) },
    ...((names as readonly ImageName[]).includes('app') ? [bundle] : []),
    ...builds,
  ]);
  return { images: Object.fromEntries(images) as Record<Name, string>, env: environmentFor(found()) };
}

const environmentFor = ({ host }: DockerEngine): NodeJS.ProcessEnv => ({ ...process.env, DOCKER_HOST: host });
