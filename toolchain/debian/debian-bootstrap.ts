import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installPackages, isDebianLike, readOsRelease } from './debian-packages.ts';
import { pathExcludes, slim } from './debian-slim.ts';
import { findProgram, runProgram, tryProgram, type ProgramOptions } from '../program.ts';
import type { Report } from '../progress.ts';

const POLICY_RC = '#!/bin/sh\n# No service starts while an image is built.\nexit 101\n';
const APT_CONF = `Acquire::Languages "none";
APT::Install-Suggests "false";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };
`;

interface BootstrapOptions {
  readonly release: string;
  /** Scratch folder; deleted first, so what an interrupted run left does no harm. */
  readonly folder: string;
  readonly report: Report;
  readonly signal?: AbortSignal;
  /** For the commands shown to a user without root. */
  readonly tag: string;
}

interface Archive {
  readonly file: string;
  readonly remove: () => void;
}

/**
 * A small Debian root file system as a tar file, of what debootstrap's own mirror offers, security
 * updates included. debootstrap mounts /proc and /sys into the folder: it runs in a mount
 * namespace, so that an interruption leaves no mounts behind.
 */
export async function bootstrapDebian({
  release,
  folder,
  report,
  signal,
  tag,
}: BootstrapOptions): Promise<Archive> {
  await ensureDebootstrap({ release, tag, report });
  const options: ProgramOptions = {
    ...(signal && { signal }),
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
  };
  const run = (args: readonly string[], onLine?: (line: string) => void) =>
    runProgram('unshare', ['--mount', ...args], { ...options, ...(onLine && { onLine }) });
  const remove = (): void => {
    for (const path of [folder, `${folder}.tar`]) rmSync(path, { recursive: true, force: true });
  };

  remove();
  mkdirSync(dirname(folder), { recursive: true });
  report(`debootstrap ${release} into ${folder}`);
  await run(['debootstrap', '--variant=minbase', release, folder], (line) =>
    report(
      line
        .replace(/^I: /, '')
        .replace(/^(Retrieving|Validating|Extracting|Unpacking|Configuring) .*/, '$1 packages'),
    ),
  );
  const sources = await addUpdateSources(folder, release);
  write(join(folder, 'usr/sbin/policy-rc.d'), POLICY_RC, 0o755);
  write(join(folder, 'etc/dpkg/dpkg.cfg.d/slim'), pathExcludes());
  write(join(folder, 'etc/apt/apt.conf.d/slim'), APT_CONF);
  if (sources > 1) {
    report('security updates');
    await run(['chroot', folder, 'apt-get', 'update']);
    await run(['chroot', folder, 'apt-get', '-y', 'dist-upgrade']);
  }
  slim(folder);
  report('packing it');
  const leftOut = ['./dev/*', './proc/*', './sys/*'].map((path) => `--exclude=${path}`);
  await runProgram(
    'tar',
    [
      '--directory',
      folder,
      '--create',
      '--numeric-owner',
      ...leftOut,
      '--file',
      `${folder}.tar`,
      '.',
    ],
    options,
  );
  rmSync(folder, { recursive: true, force: true });
  return { file: `${folder}.tar`, remove };
}

async function ensureDebootstrap({
  release,
  tag,
  report,
}: Pick<BootstrapOptions, 'release' | 'tag' | 'report'>): Promise<void> {
  if (process.getuid?.() !== 0) {
    const install =
      findProgram('debootstrap') === undefined && isDebianLike(readOsRelease())
        ? '  sudo apt-get install -y debootstrap\n'
        : '';
    const leftOut = ['dev', 'proc', 'sys'].map((name) => `--exclude='./${name}/*'`).join(' ');
    throw new Error(
      `${tag} can neither be pulled nor made without root. ` +
        `Run these and then the same command again:\n${install}` +
        `  sudo debootstrap --variant=minbase ${release} /var/tmp/${release}\n` +
        `  sudo tar -C /var/tmp/${release} ${leftOut} -c . | ` +
        `docker import --change 'CMD ["bash"]' - ${tag}`,
    );
  }
  const missing = [
    ...(findProgram('debootstrap') === undefined ? ['debootstrap'] : []),
    ...(isReadable('/usr/share/keyrings/debian-archive-keyring.gpg')
      ? []
      : ['debian-archive-keyring']),
  ];
  if (missing.length > 0)
    await installPackages({ packages: missing, purpose: 'debootstrap', report });
}

/**
 * debootstrap writes one line, for the release as it was published. Adds those of updates and
 * security that its mirror has; answers how many there are.
 */
async function addUpdateSources(folder: string, release: string): Promise<number> {
  const file = join(folder, 'etc/apt/sources.list');
  const own = readFileSync(file, 'utf8').trim();
  const lines = [own];
  for (const { mirror, suite } of updateSuites(own, release)) {
    const { code } = await tryProgram('wget', [
      '-q',
      '--spider',
      '--timeout=10',
      '--tries=2',
      `${mirror}/dists/${suite}/InRelease`,
    ]);
    if (code === 0) lines.push(`deb ${mirror} ${suite} main`);
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  return lines.length;
}

/**
 * `sourceLine`: `deb MIRROR RELEASE main`. By Debian's convention security lies beside the archive,
 * under its name and `-security`.
 */
export function updateSuites(
  sourceLine: string,
  release: string,
): readonly { mirror: string; suite: string }[] {
  const mirror = (/^deb (?:\[.*\] )?(\S+)/.exec(sourceLine)?.[1] ?? '').replace(/\/$/, '');
  if (mirror === '')
    throw new Error(
      `debootstrap's sources.list should begin with "deb MIRROR ${release} main", but is ` +
        `"${sourceLine}".`,
    );
  return [
    { mirror, suite: `${release}-updates` },
    { mirror: `${mirror}-security`, suite: `${release}-security` },
  ];
}

function write(file: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode });
}

function isReadable(file: string): boolean {
  try {
    return readFileSync(file).length > 0;
  } catch {
    return false;
  }
}
