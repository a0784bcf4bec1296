// node_modules as package-lock.json says.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { npmCi } from './npm-ci.mjs';

/**
 * Installs node_modules of `folder` unless it came from the present package-lock.json. The marker
 * lies inside node_modules and is written last: `npm ci` begins by deleting the folder, so an
 * interrupted one is redone. `lockFile` keeps a second run waiting.
 */
export async function ensureDependencies({ folder, lockFile, report, install = npmCi }) {
  if (areInstalled(folder)) return;
  await withLock(lockFile, report, async (hold) => {
    if (areInstalled(folder)) return;
    report('installing node_modules from package-lock.json (once, about a minute)');
    await install({ folder, report, hold });
    writeFileSync(markerOf(folder), hashOf(folder));
  });
}

export function areInstalled(folder) {
  try {
    return readFileSync(markerOf(folder), 'utf8') === hashOf(folder);
  } catch {
    return false;
  }
}

const markerOf = (folder) => join(folder, 'node_modules', '.installed-from');
const hashOf = (folder) =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
