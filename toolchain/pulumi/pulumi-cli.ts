import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { buildGoTool } from '../go/go-build.ts';
import { withLock } from '../lock.mjs';
import { toolsDirectory } from '../places.mjs';
import { findProgram, tryProgram } from '../program.ts';
import type { Report, StepOutcome } from '../progress.ts';
import versions from '../versions.json' with { type: 'json' };

const DOWNLOAD_HOST = 'https://get.pulumi.com';
const REACH_MS = 3_000;

export interface PulumiCli {
  readonly command: string;
  readonly version: string;
  readonly origin: 'found on PATH' | 'downloaded' | 'built';
  readonly outcome: StepOutcome;
}

/**
 * A fitting `pulumi` of the user, else the official download, else built from its Go module. What
 * was brought once is used again without asking the network.
 */
export async function ensurePulumiCli(
  report: Report,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<PulumiCli> {
  const own = await findOnPath(env);
  if (own !== undefined) return own;
  const { pulumi: version } = versions;
  const root = join(toolsDirectory(), `pulumi-${version}`);
  const command = join(root, 'bin', 'pulumi');
  if (existsSync(command)) return { command, version, origin: 'downloaded', outcome: 'ready' };
  if (!wasBuilt(version) && (await isDownloadReachable())) {
    try {
      await withLock(`${root}.lock`, report, () => download(version, root, report));
      return { command, version, origin: 'downloaded', outcome: 'done' };
    } catch (error) {
      report(
        `the download failed (${(error as Error).message.split('\n')[0] ?? ''}); building it ` +
          'instead',
      );
    }
  }
  const outcome = wasBuilt(version) ? 'ready' : 'done';
  const built = await buildGoTool('pulumi', { report, signal });
  writeFileSync(builtMarker(), version);
  return { command: built, version, origin: 'built', outcome };
}

/** Whether the host of Pulumi's downloads answers within seconds. */
export async function isDownloadReachable(): Promise<boolean> {
  try {
    return (
      (await fetch(DOWNLOAD_HOST, { method: 'HEAD', signal: AbortSignal.timeout(REACH_MS) }))
        .status < 500
    );
  } catch {
    return false;
  }
}

/**
 * Same major, and at least the minor that is wanted: patches do not change what a program needs.
 */
export function isFitting(found: string, wanted: string): boolean {
  const parse = (text: string): number[] | undefined =>
    /^v?(\d+)\.(\d+)\./.exec(text)?.slice(1).map(Number);
  const [major, minor = -1] = parse(found) ?? [];
  const [wantedMajor, wantedMinor = 0] = parse(wanted) ?? [];
  return major !== undefined && major === wantedMajor && minor >= wantedMinor;
}

/**
 * The CLI does not run a Node program without its language host, which lies beside it or on PATH.
 */
export async function findOnPath(env: NodeJS.ProcessEnv): Promise<PulumiCli | undefined> {
  const command = findProgram('pulumi', env);
  if (command === undefined) return undefined;
  const { code, stdout } = await tryProgram(command, ['version'], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: '1' },
    timeoutMs: 10_000,
  });
  const version = stdout.trim().replace(/^v/, '');
  const hasHost =
    existsSync(join(dirname(realpathSync(command)), 'pulumi-language-nodejs')) ||
    findProgram('pulumi-language-nodejs', env) !== undefined;
  return code === 0 && hasHost && isFitting(version, versions.pulumi)
    ? { command, version, origin: 'found on PATH', outcome: 'ready' }
    : undefined;
}

/** Beside its place first, so that an interrupted download is never taken for a whole one. */
async function download(version: string, root: string, report: Report): Promise<void> {
  if (existsSync(root)) return;
  report(`downloading Pulumi ${version}`);
  const unfinished = `${root}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const [{ PulumiCommand }, { SemVer }] = await Promise.all([
    import('@pulumi/pulumi/automation/index.js'),
    import('semver'),
  ]);
  await PulumiCommand.install({ version: new SemVer(version), root: unfinished });
  renameSync(unfinished, root);
}

const builtMarker = (): string => join(toolsDirectory(), 'pulumi-was-built');

function wasBuilt(version: string): boolean {
  return existsSync(builtMarker()) && readFileSync(builtMarker(), 'utf8') === version;
}
