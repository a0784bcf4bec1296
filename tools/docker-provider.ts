import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGoTool } from './go-build.ts';
import { toolsDirectory } from './places.mjs';
import { runProgram, tryProgram } from './program.ts';
import { isDownloadReachable, type PulumiCli } from './pulumi-cli.ts';
import type { Report, StepOutcome } from './progress.ts';
import versions from './versions.json' with { type: 'json' };

const DOWNLOAD_MS = 300_000;
const BINARY = 'pulumi-resource-docker';

export interface DockerProviderOptions {
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

/** Pulumi's Docker provider in `home`: there already, else copied from the user's, else downloaded, else built and installed. */
export async function ensureDockerProvider(options: DockerProviderOptions): Promise<StepOutcome> {
  const { cli, env, home, userHome, report, signal } = options;
  const { dockerProvider: version } = versions;
  const install = (...from: string[]): readonly string[] => ['plugin', 'install', 'resource', 'docker', version, ...from];
  const isThere = isInstalled(home, version);
  if (isThere && !isOurs()) return 'ready';

  if (!isOurs() && isInstalled(userHome, version)) {
    report(`taking ${version} from ${userHome}`);
    await runProgram(cli.command, install('--file', join(folderOf(userHome, version), BINARY)), { env });
    return 'done';
  }
  if (!isOurs() && cli.origin !== 'built' && (await isDownloadReachable())) {
    report(`downloading ${version} into ${home}`, 'stays');
    const { code } = await tryProgram(cli.command, install(), { env, signal, timeoutMs: DOWNLOAD_MS });
    if (code === 0) return 'done';
    signal.throwIfAborted();
    report('the download failed; building it instead');
  }
  const built = await buildGoTool(BINARY, toolsDirectory(), report, signal);
  if (isThere && readFileSync(marker(), 'utf8') === identity(built)) return 'ready';
  report(`installing ${version} into ${home}`, 'stays');
  await runProgram(cli.command, install('--file', built, '--reinstall'), { env });
  writeFileSync(marker(), identity(built));
  return 'done';
}

/** Pulumi leaves a `.partial` file beside a plugin whose installation was interrupted. */
function isInstalled(home: string, version: string): boolean {
  const folder = folderOf(home, version);
  return existsSync(join(folder, BINARY)) && !existsSync(`${folder}.partial`);
}

const folderOf = (home: string, version: string): string => join(home, 'plugins', `resource-docker-v${version}`);

/** Tells the provider that we built: its version stays when our source changes, so the installed copy needs to be known by its file. */
const marker = (): string => join(toolsDirectory(), 'docker-provider-was-built');
const isOurs = (): boolean => existsSync(marker());

function identity(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}`;
}
