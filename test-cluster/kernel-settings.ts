import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPlaces } from './places.ts';

/** What a kubelet changes in the kernel at its start, for the whole machine. */
const CHANGED_BY_KUBELET = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
];

const recordFile = ({ state }: ClusterPlaces): string => join(state, 'kernel-settings.json');

/** To be called before the first kubelet starts. */
export function recordKernelSettings(places: ClusterPlaces): void {
  if (existsSync(recordFile(places))) return;
  const found = CHANGED_BY_KUBELET.flatMap((name) =>
    existsSync(`/proc/sys/${name}`)
      ? [[name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()]]
      : [],
  );
  writeFileSync(recordFile(places), JSON.stringify(Object.fromEntries(found)));
}

export function restoreKernelSettings(places: ClusterPlaces): void {
  if (!existsSync(recordFile(places))) return;
  const recorded = JSON.parse(readFileSync(recordFile(places), 'utf8')) as Record<string, string>;
  for (const [name, value] of Object.entries(recorded)) {
    const file = `/proc/sys/${name}`;
    if (readFileSync(file, 'utf8').trim() !== value) writeFileSync(file, value);
  }
}
