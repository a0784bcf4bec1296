import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClusterPlaces } from './places.ts';

/**
 * Everything that the kubelet limits is below it, in each hierarchy. Two clusters on one machine
 * have two.
 */
export const cgroupName = ({ root }: ClusterPlaces): string =>
  `spywatcher-cluster-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;

/** The kubelet makes what is below its root, but not the root. */
export function makeCgroups(places: ClusterPlaces): void {
  for (const folder of cgroupFolders(places)) {
    handDownControllers(dirname(folder));
    mkdirSync(folder, { recursive: true });
  }
}

/**
 * In cgroup v2 a group has only the controllers that its parent hands down; in v1 there is nothing
 * to do.
 */
function handDownControllers(hierarchy: string): void {
  const controllers = join(hierarchy, 'cgroup.controllers');
  if (!existsSync(controllers)) return;
  for (const controller of readFileSync(controllers, 'utf8')
    .split(/\s+/)
    .filter((name) => name !== ''))
    writeFileSync(join(hierarchy, 'cgroup.subtree_control'), `+${controller}`);
}

/** To be called when no process is left in them. */
export function removeCgroups(places: ClusterPlaces): void {
  for (const folder of cgroupFolders(places)) removeBelow(folder);
}

/** A cgroup's files cannot be removed, and go with it: folders only, the innermost first. */
function removeBelow(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeBelow(join(folder, entry.name));
  rmdirSync(folder);
}

/** One in cgroup v2, one for each controller in v1. */
export function cgroupFolders(places: ClusterPlaces): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  return mounts.flatMap(([, folder, type]) =>
    folder !== undefined && (type === 'cgroup' || type === 'cgroup2')
      ? [join(folder, cgroupName(places))]
      : [],
  );
}
