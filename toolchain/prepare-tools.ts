import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ensureBaseImage } from './debian/base-image.ts';
import { findEndpoint } from './docker/docker-endpoint.ts';
import { ensureDockerEngine, type DockerEngine } from './docker/docker-engine.ts';
import { buildGoTool } from './go/go-build.ts';
import { toolsDirectory } from './places.mjs';
import { runSteps, type Report, type Step } from './progress.ts';
import { ensurePulumiCli, type PulumiCli } from './pulumi/pulumi-cli.ts';
import { ensureProvider, type Provider } from './pulumi/pulumi-provider.ts';

/**
 * `docker` is an engine with the base image, `kubernetes` the provider for a cluster that is there.
 */
type Need = 'pulumi' | 'docker' | 'kubernetes';

export interface PulumiTool {
  /** Absolute path of the CLI; to be run with `env`. */
  readonly pulumi: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cli: PulumiCli;
  /** PULUMI_HOME in use. */
  readonly home: string;
}

/** What was asked for, and nothing else. */
export type Tools<N extends Need> = ('pulumi' extends N ? PulumiTool : unknown) &
  ('docker' extends N ? { readonly docker: DockerEngine } : unknown);

/**
 * Finds or makes what `needs` names, side by side where possible, with progress on stderr. With
 * nothing to do it says nothing and takes well under a second.
 */
export async function prepareTools<N extends Need>({
  needs,
  env = process.env,
}: {
  needs: readonly N[];
  env?: NodeJS.ProcessEnv;
}): Promise<Tools<N>> {
  let docker: DockerEngine | undefined;
  let pulumi: PulumiTool | undefined;

  const engine: Step = {
    name: 'Docker Engine',
    run: async (report) => {
      docker = await ensureDockerEngine(report, env);
      return docker.wasStarted ? 'done' : 'ready';
    },
  };
  const image: Step = {
    name: 'Base image',
    after: [engine.name],
    run: (report, signal) => ensureBaseImage({ engine: known(docker), report, signal }),
  };
  const cli: Step = {
    name: 'Pulumi',
    heavy: true,
    run: async (report, signal) => {
      pulumi = await preparePulumi(report, env, signal);
      return pulumi.cli.outcome;
    },
  };
  const provider = (of: Provider, title: string): Step => ({
    name: `${title} provider`,
    after: [cli.name],
    heavy: true,
    run: (report, signal) =>
      ensureProvider({ provider: of, ...known(pulumi), userHome: userHome(env), report, signal }),
  });

  const asked: readonly Need[] = needs;
  const providers = asked.includes('kubernetes') ? [provider('kubernetes', 'Kubernetes')] : [];
  if (asked.includes('docker') || providers.length === 0)
    providers.push(provider('docker', 'Docker'));
  await runSteps([
    ...(asked.includes('docker') ? [engine, image] : []),
    ...(asked.includes('pulumi') ? [cli, ...providers] : []),
  ]);
  // The provider asks DOCKER_HOST and the default socket; it knows nothing of contexts.
  const { host, chosenBy } = docker ?? (await findEndpoint(env));
  const dockerHost = chosenBy === 'default' ? {} : { DOCKER_HOST: host };
  return {
    ...(pulumi && { ...pulumi, env: { ...pulumi.env, ...dockerHost } }),
    ...(docker && { docker }),
  } as Tools<N>;
}

/**
 * The CLI with its language host. One that we brought gets a home of its own: nothing is written
 * into the user's.
 */
async function preparePulumi(
  report: Report,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<PulumiTool> {
  const cli = await ensurePulumiCli(report, env, signal);
  // The language host takes `node` from PATH: it has to be the one that runs this.
  const path = [dirname(process.execPath), dirname(cli.command), env.PATH ?? ''].join(delimiter);
  // The provider builds images with BuildKit, which would keep its notes in the user's home.
  const quiet = {
    ...env,
    PATH: path,
    PULUMI_SKIP_UPDATE_CHECK: '1',
    BUILDX_CONFIG: join(toolsDirectory(), 'buildx'),
  };
  if (cli.origin === 'found on PATH')
    return { pulumi: cli.command, cli, home: userHome(env), env: quiet };

  const home = join(toolsDirectory(), 'pulumi-home');
  const own = { ...quiet, PULUMI_HOME: home };
  if (cli.origin === 'downloaded') return { pulumi: cli.command, cli, home, env: own };

  await buildGoTool('pulumi-language-nodejs', { report, signal });
  return {
    pulumi: cli.command,
    cli,
    home,
    env: { ...own, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true' },
  };
}

function userHome(env: NodeJS.ProcessEnv): string {
  const chosen = env.PULUMI_HOME ?? '';
  return chosen === '' ? join(homedir(), '.pulumi') : chosen;
}

/** What an earlier step has left; runSteps keeps the order. */
function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('A step ran before the one it needs.');
  return value;
}
