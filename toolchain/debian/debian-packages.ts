import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../progress.ts';
import { findProgram, runProgram, tryProgram } from '../program.ts';

const DPKG_LOCK_SECONDS = 300;
const LISTS_LOCK_RETRIES = 60;
const LISTS_LOCK_PAUSE_MS = 5_000;

interface Installation {
  readonly packages: readonly string[];
  /** Packages that exist in some releases only; installed where apt knows them. */
  readonly whereKnown?: readonly string[];
  /** What the user misses, for messages. */
  readonly purpose: string;
  readonly report: Report;
}

/**
 * Installs Debian packages, after saying so. Where that is not allowed (no root) or not possible
 * (another distribution), it throws an error with the commands for the user to run.
 */
export async function installPackages({
  packages,
  whereKnown = [],
  purpose,
  report,
}: Installation): Promise<void> {
  const command = (names: readonly string[]): string =>
    `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (!isDebianLike(readOsRelease())) {
    throw new Error(
      `${purpose} is missing. Install it with your system's package manager and run this ` +
        'again; on Debian or Ubuntu that would be:\n' +
        `  ${command(packages)}`,
    );
  }
  if (process.getuid?.() !== 0) {
    const names = [...packages, ...(await known(whereKnown))];
    throw new Error(
      `${purpose} is missing, and installing it takes root. Run these and then the same ` +
        'command again:\n' +
        '  sudo apt-get update\n' +
        `  sudo ${command(names)}`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };
  const onLine = (line: string): void => {
    if (/^(Get:|Unpacking|Setting up)/.test(line)) report(line.replace(/\.\.\.$/, ''));
  };
  report(`installing ${purpose} on this machine: apt-get update, ${command(packages)}`, 'stays');
  // An earlier run may have been interrupted half-way.
  await tryProgram('dpkg', ['--configure', '-a'], { env });
  const complaints = await updateLists(env, report);
  const names = [...packages, ...(await known(whereKnown))];
  report(command(names));
  try {
    const args = [
      '-o',
      `DPkg::Lock::Timeout=${DPKG_LOCK_SECONDS}`,
      ...command(names).split(' ').slice(1),
    ];
    await runProgram('apt-get', args, { env, onLine });
  } catch (error) {
    throw new Error(
      `${purpose} could not be installed. ${(error as Error).message}\n${complaints}`,
      { cause: error },
    );
  }
}

/**
 * A source that cannot be reached is no reason to stop: the packages may come from another. Answers
 * with apt's complaints.
 */
async function updateLists(env: NodeJS.ProcessEnv, report: Report): Promise<string> {
  for (let retry = 0; ; retry += 1) {
    report('apt-get update');
    const { code, stderr } = await tryProgram('apt-get', ['update'], { env });
    if (code === 0 || retry >= LISTS_LOCK_RETRIES || !stderr.includes('Could not get lock'))
      return stderr.trim();
    report('waiting for another apt-get to end');
    await sleep(LISTS_LOCK_PAUSE_MS);
  }
}

async function known(names: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(
    names.map((name) => tryProgram('apt-cache', ['show', '--no-all-versions', name])),
  );
  return names.filter((name, index) => answers[index]?.stdout.includes(`Package: ${name}`));
}

export function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/** `osRelease`: the text of /etc/os-release. */
export function isDebianLike(osRelease: string): boolean {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  );
  return ids.includes('debian') && findProgram('apt-get') !== undefined;
}
