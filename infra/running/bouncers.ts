import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { parseIni } from '../../pgbouncer/ini.ts';
import { findDrift } from '../../pgbouncer/shown-config.ts';
import type { PoolerPlan } from '../plan/plan.ts';
import type { Settings } from '../settings/settings.ts';
import { consoleCommand } from './console.ts';
import { POOLER_SOCKET_DIRECTORY, PROJECT } from '../settings/standard-names.ts';
import { type ClusterApi, openClusterApi } from './cluster-api.ts';

const FIELD = '\u001f';
/** The kubelet looks at once when a pod is touched, else within its minute or so. */
const RUNS_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 1_000;

interface Patience {
  readonly withinMs: number;
  readonly everyMs: number;
}

const RECONNECT: Patience = { withinMs: 30_000, everyMs: LOOK_EVERY_MS };

const bouncerIn = ({ status }: V1Pod): V1ContainerStatus | undefined =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find(
    ({ name }) => name === 'pgbouncer',
  );

/** Whether its console answers, by its startup probe: one that is starting refuses every command, and serves nobody yet. */
export const isStarted = (pod: V1Pod): boolean => bouncerIn(pod)?.started === true;

/** The pods that hold a running bouncer: the tier's own, or those of the app. */
export async function findBouncers(
  api: Pick<ClusterApi, 'pods'>,
  { pooler }: Pick<Settings, 'pooler'>,
): Promise<readonly V1Pod[]> {
  const pods = await api.pods(pooler.placement === 'shared' ? 'pgbouncer' : 'app');
  return pods.filter((pod) => bouncerIn(pod)?.state?.running !== undefined);
}

/** Rows of one command on a bouncer's console. */
export async function askBouncer(
  api: Pick<ClusterApi, 'run'>,
  pod: V1Pod,
  command: string,
): Promise<readonly (readonly string[])[]> {
  const text = await api.run(
    { pod: pod.metadata?.name ?? '', container: 'pgbouncer' },
    consoleCommand(command, '--no-align', '--tuples-only', '--field-separator', FIELD),
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(FIELD));
}

/**
 * Has every bouncer replace its server connections. One that is starting has none yet; one that is gone by the time it is
 * asked took its own with it.
 * @throws {Error} naming each bouncer that is there and does not take the command within `withinMs`.
 */
export async function reconnectBouncers(
  settings: Settings,
  api: Pick<ClusterApi, 'pods' | 'run'> = openClusterApi(settings),
  { withinMs, everyMs }: Patience = RECONNECT,
): Promise<void> {
  const reconnected = new Set<string>();
  const givenUpAtMs = Date.now() + withinMs;
  for (;;) {
    const refusals: string[] = [];
    for (const pod of (await findBouncers(api, settings)).filter(
      (found) => isStarted(found) && !reconnected.has(identityOf(found)),
    )) {
      try {
        await askBouncer(api, pod, 'RECONNECT');
        reconnected.add(identityOf(pod));
      } catch (error) {
        refusals.push(`  ${(error as Error).message}`);
      }
    }
    if (refusals.length === 0) return;
    if (Date.now() > givenUpAtMs)
      throw new Error(
        `PgBouncer does not take RECONNECT after ${withinMs / 1_000} s:\n${refusals.join('\n')}`,
      );
    await sleep(everyMs);
  }
}

/** A container that was started again is another bouncer. */
const identityOf = (pod: V1Pod): string =>
  `${pod.metadata?.uid ?? ''} ${bouncerIn(pod)?.containerID ?? ''}`;

/**
 * Has every bouncer read the files of this content, and waits until each runs on them.
 * @param content digest of the files, as the bouncer's image writes it down after a reload.
 * @returns how many bouncers that is.
 * @throws {Error} saying which bouncer runs on what instead.
 */
export async function untilBouncersRunPlan(
  settings: Settings,
  pooler: PoolerPlan,
  content: string,
): Promise<number> {
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
    const troubles = await Promise.all(
      bouncers.map((pod) => findBouncerTrouble(api, pod, { pooler, content })),
    );
    const open = troubles.filter((trouble) => trouble !== undefined);
    if (bouncers.length > 0 && open.length === 0) return bouncers.length;
    if (Date.now() > givenUpAtMs)
      throw new Error(
        `PgBouncer does not run on the planned configuration after ${RUNS_WITHIN_MS / 1_000} s:\n${open.join('\n') || 'no bouncer runs'}`,
      );
    await sleep(LOOK_EVERY_MS);
  }
}

/** What keeps a bouncer from running on the files of this content; nothing when it does. */
export async function findBouncerTrouble(
  api: Pick<ClusterApi, 'run'>,
  pod: V1Pod,
  { pooler, content }: { readonly pooler: PoolerPlan; readonly content: string },
): Promise<string | undefined> {
  const name = pod.metadata?.name ?? '';
  try {
    const loaded = (
      await api.run({ pod: name, container: 'pgbouncer' }, [
        'cat',
        `${POOLER_SOCKET_DIRECTORY}/loaded`,
      ])
    ).trim();
    if (loaded !== content) return `  ${name}: has not read the new files yet`;
    const drift = await findDriftOf(api, pod, pooler);
    return drift.length === 0 ? undefined : drift.join('\n');
  } catch (error) {
    return `  ${name}: ${(error as Error).message}`;
  }
}

/** What differs between SHOW CONFIG of one bouncer and the plan, a line each. */
async function findDriftOf(
  api: Pick<ClusterApi, 'run'>,
  pod: V1Pod,
  { ini }: PoolerPlan,
): Promise<readonly string[]> {
  const shown = await askBouncer(api, pod, 'SHOW CONFIG');
  const drift = findDrift(
    parseIni(ini)['pgbouncer'] ?? {},
    shown.map(([key = '', value = '', stock = '']) => ({ key, value, stock })),
  );
  return drift.map(
    ({ key, planned, shown: running }) =>
      `  ${pod.metadata?.name ?? ''}: ${key}: planned ${planned}, running ${running ?? '(unknown to it)'}`,
  );
}
