import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGoTool } from '../go/go-build.ts';
import { toolsDirectory } from '../places.mjs';
import { runProgram, tryProgram } from '../program.ts';
import { isDownloadReachable, type PulumiCli } from './pulumi-cli.ts';
import type { Report, StepOutcome } from '../progress.ts';
import versions from '../versions.json' with { type: 'json' };

const DOWNLOAD_MS = 300_000;

export type Provider = 'docker' | 'kubernetes';

const VERSIONS: Readonly<Record<Provider, string>> = {
  docker: versions.dockerProvider,
  kubernetes: versions.kubernetesProvider,
};

interface ProviderOptions {
  readonly provider: Provider;
  readonly cli: PulumiCli;
  /** Environment to run `cli` with. */
  readonly env: NodeJS.ProcessEnv;
  /** PULUMI_HOME that `cli` uses: the plugin must be in its `plugins/`. */
  readonly home: string;
  /** The user's own PULUMI_HOME, where the plugin may be already; may be the same. */
  readonly userHome: string;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * One of Pulumi's providers in `home`: there already, else copied from the user's, else downloaded,
 * else built and installed.
 */
export async function ensureProvider(options: ProviderOptions): Promise<StepOutcome> {
  const { provider, cli, env, home, userHome, report, signal } = options;
  const version = VERSIONS[provider];
  const isOurs = existsSync(marker(provider));
  const install = (...from: string[]): readonly string[] => [
    'plugin',
    'install',
    'resource',
    provider,
    version,
    ...from,
  ];
  const isThere = isInstalled(home, provider);
  if (isThere && !isOurs) return 'ready';

  if (!isOurs && isInstalled(userHome, provider)) {
    report(`taking ${version} from ${userHome}`);
    await runProgram(
      cli.command,
      install('--file', join(folderOf(userHome, provider), binaryOf(provider))),
      { env },
    );
    return 'done';
  }
  if (!isOurs && cli.origin !== 'built' && (await isDownloadReachable())) {
    report(`downloading ${version} into ${home}`, 'stays');
    const { code } = await tryProgram(cli.command, install(), {
      env,
      signal,
      timeoutMs: DOWNLOAD_MS,
    });
    if (code === 0) return 'done';
    signal.throwIfAborted();
    report('the download failed; building it instead');
  }
  const built = await buildGoTool(binaryOf(provider), { report, signal });
  if (isThere && readFileSync(marker(provider), 'utf8') === identity(built)) return 'ready';
  report(`installing ${version} into ${home}`, 'stays');
  await runProgram(cli.command, install('--file', built, '--reinstall'), { env });
  writeFileSync(marker(provider), identity(built));
  return 'done';
}

/** Pulumi leaves a `.partial` file beside a plugin whose installation was interrupted. */
function isInstalled(home: string, provider: Provider): boolean {
  const folder = folderOf(home, provider);
  return existsSync(join(folder, binaryOf(provider))) && !existsSync(`${folder}.partial`);
}

const binaryOf = (provider: Provider) => `pulumi-resource-${provider}` as const;
const folderOf = (home: string, provider: Provider): string =>
  join(home, 'plugins', `resource-${provider}-v${VERSIONS[provider]}`);

/**
 * Tells the provider that we built: its version stays when our source changes, so the installed
 * copy needs to be known by its file.
 */
const marker = (provider: Provider): string =>
  join(toolsDirectory(), `${provider}-provider-was-built`);

function identity(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}`;
}
