// Node 24: this process's own where it is new enough, else npm's package of the binary.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { npmCi } from './npm-ci.mjs';
import { checkout, toolsDirectory } from './places.mjs';

const MINIMUM_MAJOR = 24;
const CPUS = ['x64', 'arm64'];

/** Path of a Node that runs this project on this machine. */
export async function findNode(report) {
  if (Number(process.versions.node.split('.')[0]) >= MINIMUM_MAJOR) return process.execPath;
  const { platform: os, arch: cpu } = process;
  if (os !== 'linux' || !CPUS.includes(cpu) || !hasGlibc()) {
    const libc = os === 'linux' && !hasGlibc() ? ' without glibc' : '';
    throw new Error(
      `Node ${process.version} is too old: ${MINIMUM_MAJOR} or newer is needed, and can be ` +
        `fetched for Linux with glibc on ${CPUS.join(' and ')} only (this is ${os} ` +
        `${cpu}${libc}). Install Node ${MINIMUM_MAJOR} and run this again.`,
    );
  }
  return ensureNode({ os, cpu, report });
}

/** Its package.json pins the Node of this project. */
const PINNED_BY = join(checkout, 'toolchain', 'node');

/**
 * Path of the pinned Node binary for `os` (linux) and `cpu` (x64 | arm64), whatever this machine
 * is. It needs glibc and libstdc++ from the system, which every Debian image with apt has.
 * Installed once. `pinnedBy` is a folder whose package.json and lock file pin another one.
 */
export async function ensureNode({ os, cpu, report, pinnedBy = PINNED_BY }) {
  if (os !== 'linux' || !CPUS.includes(cpu))
    throw new Error(
      `There is no Node for ${os} ${cpu} here: linux on ${CPUS.join(' or ')} is allowed.`,
    );
  const { optionalDependencies } = JSON.parse(readFileSync(join(pinnedBy, 'package.json'), 'utf8'));
  const version = optionalDependencies[`node-${os}-${cpu}`];
  const home = join(toolsDirectory(), 'node', `${version}-${os}-${cpu}`);
  const binary = join(home, 'node_modules', `node-${os}-${cpu}`, 'bin', 'node');
  if (existsSync(binary)) return binary;
  await withLock(`${home}.lock`, report, async (hold) => {
    if (existsSync(binary)) return;
    report(`installing Node ${version} for ${os} ${cpu} into ${home} (about 130 MB, once)`);
    const unfinished = `${home}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(join(pinnedBy, file), join(unfinished, file));
    await npmCi({ folder: unfinished, args: ['--os', os, '--cpu', cpu], report, hold });
    rmSync(home, { recursive: true, force: true });
    renameSync(unfinished, home);
  });
  return binary;
}

function hasGlibc() {
  return process.report.getReport().header.glibcVersionRuntime !== undefined;
}
