import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const READABLE = 0o644;
const EXECUTABLE = 0o755;

/**
 * Lets everyone read `folder` and all below it, and execute the files named in `executables` (paths
 * relative to it). An image's user is neither the owner nor in the group, so the modes may not
 * follow the umask of whoever builds.
 */
export function makeReadable(folder: string, executables: readonly string[] = []): void {
  setMode(folder, EXECUTABLE);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) setMode(path, EXECUTABLE);
    else if (entry.isFile())
      setMode(path, executables.includes(relative(folder, path)) ? EXECUTABLE : READABLE);
  }
}

/** What is right is not touched: a hard link's other name may belong to somebody else. */
function setMode(path: string, mode: number): void {
  if ((statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
}
