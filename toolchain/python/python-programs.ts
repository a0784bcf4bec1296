import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from '../debian/debian-packages.ts';
import { withLock } from '../lock.mjs';
import type { Report } from '../progress.ts';
import { findProgram, runProgram, tryProgram } from '../program.ts';

const OLDEST_PYTHON = '3.11';
const FILES = ['requirements.txt', 'constraints.txt'].map((file) =>
  join(import.meta.dirname, file),
);
/** What decides that a Python will do: its version, and that it can make virtual environments. */
const ASK = 'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2])';

/**
 * Installs what `toolchain/python/` pins into a virtual environment below `toolsDirectory`, unless
 * it is there. Returns the folder of its programs. Throws with what to do when there is no fitting
 * Python, and with pip's last words when it fails.
 */
export async function installPythonPrograms(
  toolsDirectory: string,
  report: Report,
): Promise<string> {
  const folder = join(toolsDirectory, 'checkers', 'python');
  const programs = join(folder, 'bin');
  const keyFile = `${folder}.key`;
  const isThere = (key: string): boolean =>
    existsSync(programs) && existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key;
  await withLock(`${folder}.lock`, report, async () => {
    const { python, version } = await ensurePython(report);
    const key = createHash('sha256')
      .update(JSON.stringify([python, version, ...FILES.map((file) => readFileSync(file, 'utf8'))]))
      .digest('hex');
    if (isThere(key)) return;
    // The key goes first and comes last: it never vouches for half an installation.
    rmSync(keyFile, { force: true });
    report(`making ${folder} with Python ${version}`);
    await runProgram(python, ['-m', 'venv', '--clear', folder]);
    const [requirements = '', constraints = ''] = FILES;
    const quiet = [
      '--no-input',
      '--disable-pip-version-check',
      '--no-compile',
      '--progress-bar',
      'off',
    ];
    await runProgram(
      join(programs, 'pip'),
      ['install', ...quiet, '--requirement', requirements, '--constraint', constraints],
      { onLine: (line) => /^(Collecting|Installing)/.test(line) && report(line) },
    );
    writeFileSync(keyFile, key);
  });
  return programs;
}

interface Python {
  readonly python: string;
  /** Major and minor. */
  readonly version: string;
}

async function ensurePython(report: Report): Promise<Python> {
  const found = await findPython();
  if (found !== undefined) return found;
  await installPackages({
    packages: ['python3', 'python3-venv'],
    purpose: 'Python with virtual environments',
    report,
  });
  const installed = await findPython();
  if (installed === undefined)
    throw new Error(
      `The checkers of Kubernetes objects need Python ${OLDEST_PYTHON} or newer with its ` +
        "venv module, as `python3` on PATH; this machine's is older or lacks it.",
    );
  return installed;
}

async function findPython(): Promise<Python | undefined> {
  // The system's own comes second: the first on PATH is what the user has chosen.
  const candidates = [findProgram('python3'), '/usr/bin/python3'].filter(
    (python) => python !== undefined,
  );
  for (const python of candidates) {
    const { code, stdout } = await tryProgram(python, ['-c', ASK]);
    const version = stdout.trim();
    if (code === 0 && version.localeCompare(OLDEST_PYTHON, 'en', { numeric: true }) >= 0)
      return { python, version };
  }
  return undefined;
}
