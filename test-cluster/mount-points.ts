import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';

/** Folders that must exist on the machine for something to be mounted over them inside the node. */
export const MOUNT_POINTS = ['/var/lib/kubelet', '/var/lib/cni'] as const;

/**
 * Those that are empty, and that nobody has mounted anything on: the kernel would unmount it to
 * remove the folder, in another node too.
 */
export function removeMountPoints(): void {
  const mounted = mountedAnywhere();
  for (const folder of MOUNT_POINTS)
    if (existsSync(folder) && !mounted.has(folder) && readdirSync(folder).length === 0)
      rmdirSync(folder);
}

/** In the mount namespaces of all processes. */
function mountedAnywhere(): ReadonlySet<string> {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(processes.flatMap((pid) => readMounts(`/proc/${pid}/mounts`)));
}

function readMounts(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => line.split(' ')[1] ?? []);
  } catch {
    return []; // it has just ended
  }
}
