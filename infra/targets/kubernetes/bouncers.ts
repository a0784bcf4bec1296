import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { parseIni } from '../../../pgbouncer/ini.ts';
import { findDrift } from '../../../pgbouncer/shown-config.ts';
import { POOLER_SOCKET_DIRECTORY } from '../../addresses.ts';
import type { PoolerPlan } from '../../plan.ts';
import type { Settings } from '../../settings.ts';
import { consoleCommand } from '../console.ts';
import { PROJECT } from '../project.ts';
import { type ClusterApi, openClusterApi } from './api.ts';

const FIELD = '\u001f';
/** The kubelet looks at once when a pod is touched, else within its minute or so. */
const RUNS_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 1_000;

/** The pods that hold a running bouncer: the tier's own, or those of the app. */
export async function findBouncers(api: ClusterApi, { pooler }: Settings): Promise<readonly V1Pod[]> {
  const pods = await api.pods(pooler.placement === 'shared' ? 'pgbouncer' : 'app');
  return pods.filter(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(({ name, state }) => name === 'pgbouncer' && state?.running !== undefined));
}

/** Rows of one command on a bouncer's console. */
export async function askBouncer(api: ClusterApi, pod: V1Pod, command: string): Promise<readonly (readonly string[])[]> {
  const text = await api.run({ pod: pod.metadata?.name ?? '', container: 'pgbouncer' }, consoleCommand(command, '--no-align', '--tuples-only', '--field-separator', FIELD));
  return text.split('\n').filter((line) => line !== '').map((line) => line.split(FIELD));
}

/** @throws {Error} naming the bouncer that does not take the command. */
export async function reconnectBouncers(settings: Settings): Promise<void> {
  const api = openClusterApi(settings);
  for (const pod of await findBouncers(api, settings)) await askBouncer(api, pod, 'RECONNECT');
}

/**
 * Has every bouncer read the files of this content, and waits until each runs on them.
 * @param content digest of the files, as the bouncer's image writes it down after a reload.
 * @returns how many bouncers that is.
 * @throws {Error} saying which bouncer runs on what instead.
 */
export async function untilBouncersRunPlan(settings: Settings, pooler: PoolerPlan, content: string): Promise<number> {
  const api = openClusterApi(settings);
  const touched = new Set<string>();
  const givenUpAtMs = Date.now() + RUNS_WITHIN_MS;
  for (;;) {
    const bouncers = await findBouncers(api, settings);
    for (const pod of [...bouncers, ...(await api.pods('app'))]) {
      const name = pod.metadata?.name ?? '';
      if (touched.has(name)) continue;
      await api.touch(pod, { [`${PROJECT}/files`]: content });
      touched.add(name);
    }
    const troubles = await Promise.all(bouncers.map((pod) => findTrouble(api, pod, pooler, content)));
    const open = troubles.filter((trouble) => trouble !== undefined);
    if (bouncers.length > 0 && open.length === 0) return bouncers.length;
    if (Date.now() > givenUpAtMs) throw new Error(`PgBouncer does not run on the planned configuration after ${RUNS_WITHIN_MS / 1_000} s:\n${open.join('\n') || 'no bouncer runs'}`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function findTrouble(api: ClusterApi, pod: V1Pod, pooler: PoolerPlan, content: string): Promise<string | undefined> {
  const name = pod.metadata?.name ?? '';
  try {
    const loaded = (await api.run({ pod: name, container: 'pgbouncer' }, ['cat', `${POOLER_SOCKET_DIRECTORY}/loaded`])).trim();
    if (loaded !== content) return `  ${name}: has not read the new files yet`;
    const drift = await findDriftOf(api, pod, pooler);
    return drift.length === 0 ? undefined : drift.join('\n');
  } catch (error) {
    return `  ${name}: ${(error as Error).message}`;
  }
}

/** What differs between SHOW CONFIG of one bouncer and the plan, a line each. */
export async function findDriftOf(api: ClusterApi, pod: V1Pod, { ini }: PoolerPlan): Promise<readonly string[]> {
  const shown = await askBouncer(api, pod, 'SHOW CONFIG');
  const drift = findDrift(parseIni(ini)['pgbouncer'] ?? {}, shown.map(([key = '', value = '', stock = '']) => ({ key, value, stock })));
  return drift.map(({ key, planned, shown: running }) => `  ${pod.metadata?.name ?? ''}: ${key}: planned ${planned}, running ${running ?? '(unknown to it)'}`);
}
