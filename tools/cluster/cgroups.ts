import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that the kubelet limits is below it, in each hierarchy. */
export const CGROUP = '/spywatcher-cluster';

/** The kubelet makes what is below its root, but not the root. */
export function makeCgroups(): void {
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, CGROUP), { recursive: true });
}

/** To be called when no process is left in them. */
export function removeCgroups(): void {
  for (const hierarchy of hierarchies()) removeBelow(join(hierarchy, CGROUP));
}

/** A cgroup's files cannot be removed, and go with it: folders only, the innermost first. */
function removeBelow(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeBelow(join(folder, entry.name));
  rmdirSync(folder);
}

/** Mount points of cgroup v2, or of each controller of v1. */
function hierarchies(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n').map((line) => line.split(' '));
  return mounts.flatMap(([, folder, type]) => (folder !== undefined && (type === 'cgroup' || type === 'cgroup2') ? [folder] : []));
}
