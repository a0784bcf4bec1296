import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from '../../e2e/docker.ts';

const ROOT = '/sys/fs/cgroup';

/** Reads a figure of a running container, its children included. */
export type Meter = () => number;

/**
 * Reads the processor time that a container has used so far, in milliseconds. This machine's kernel
 * has to run it: asking the engine would take a second each time, and a process inside would be
 * counted.
 */
export async function openCpuMeter(container: string): Promise<Meter> {
  const file = join(ROOT, cpuFileOf(await groupsOf(container)));
  return () => readCpuMs(readFileSync(file, 'utf8'));
}

/** Reads the memory that a container cannot give back, in MiB: no cache of files. */
export async function openMemoryMeter(container: string): Promise<Meter> {
  const file = join(ROOT, memoryFileOf(await groupsOf(container)));
  return () => readMemoryMiB(readFileSync(file, 'utf8'));
}

async function groupsOf(container: string): Promise<string> {
  return readFileSync(`/proc/${await inspect(container, '{{.State.Pid}}')}/cgroup`, 'utf8');
}

/**
 * Control groups of version 2 count in cpu.stat, those of version 1 in cpuacct.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu
 */
export const cpuFileOf = (groups: string): string =>
  fileOf(groups, { controller: 'cpuacct', first: 'cpuacct.usage', second: 'cpu.stat' });

export const memoryFileOf = (groups: string): string =>
  fileOf(groups, { controller: 'memory', first: 'memory.stat', second: 'memory.stat' });

/** Below the root of all groups; a controller of version 1 has a folder of its own there. */
function fileOf(
  groups: string,
  names: { readonly controller: string; readonly first: string; readonly second: string },
): string {
  const { controller, first, second } = names;
  for (const [, controllers = '', path = ''] of groups.matchAll(/^\d+:([^:]*):(.*)$/gm))
    if (controllers.split(',').includes(controller)) return join(controllers, path, first);
  const path = /^0::(.*)$/m.exec(groups)?.[1];
  if (path === undefined) throw new Error(`no control group counts ${controller}:\n${groups}`);
  return join('.', path, second);
}

/** From the text of either version's file. */
export function readCpuMs(text: string): number {
  const microseconds = /^usage_usec (\d+)$/m.exec(text)?.[1];
  return microseconds === undefined ? Number(text) / 1e6 : Number(microseconds) / 1e3;
}

/** From the text of either version's file. */
export function readMemoryMiB(text: string): number {
  return Number(/^(?:anon|total_rss) (\d+)$/m.exec(text)?.[1]) / 2 ** 20;
}
