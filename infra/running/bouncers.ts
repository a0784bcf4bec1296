import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { parseIni } from '../../pgbouncer/ini.ts';
import { findDrift } from '../../pgbouncer/shown-config.ts';
import { POOLER_SOCKET_DIRECTORY, PROJECT } from '../settings/standard-names.ts';
import type { PoolerPlan } from '../plan/pooler.ts';
import type { Settings } from '../settings/settings.ts';
import { type ClusterApi, openClusterApi } from './cluster-api.ts';
import { readRows, rowsCommand } from './console.ts';
import { until, type Wait } from './until.ts';

/** The kubelet looks at once when a pod is touched, else within its minute or so. */
const RUNS_WITHIN_MS = 180_000;
const RECONNECTS_WITHIN_MS = 30_000;

const bouncerIn = ({ status }: V1Pod): V1ContainerStatus | undefined =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find(
    ({ name }) => name === 'pgbouncer',
  );

/**
 * Tells by the startup probe whether a bouncer's console answers: one that is starting refuses
 * every command, and serves nobody yet.
 */
export const isStarted = (pod: V1Pod): boolean => bouncerIn(pod)?.started === true;

/** Finds the pods that hold a running bouncer: the tier's own, or those of the app. */
export async function findBouncers(
  api: Pick<ClusterApi, 'pods'>,
  { pooler }: Pick<Settings, 'pooler'>,
): Promise<readonly V1Pod[]> {
  const pods = await api.pods(pooler.placement === 'shared' ? 'pgbouncer' : 'app');
  return pods.filter((pod) => bouncerIn(pod)?.state?.running !== undefined);
}

/** Returns the rows of one command on a bouncer's console. */
export async function askBouncer(
  api: Pick<ClusterApi, 'run'>,
  pod: V1Pod,
  command: string,
): Promise<readonly (readonly string[])[]> {
  const target = { pod: nameOf(pod), container: 'pgbouncer' };
  return readRows(await api.run(target, rowsCommand(command)));
}

/**
 * Has every bouncer replace its server connections. One that is starting has none yet; one that is
 * gone by the time it is asked took its own with it.
 * @throws {Error} naming each bouncer that is there and does not take the command in time.
 */
export async function reconnectBouncers(
  settings: Settings,
  api: Pick<ClusterApi, 'pods' | 'run'> = openClusterApi(settings),
  wait: Pick<Wait, 'deadlineMs' | 'everyMs'> = { deadlineMs: RECONNECTS_WITHIN_MS },
): Promise<void> {
  const reconnected = new Set<string>();
  let refusals: readonly string[] = [];
  await until(
    async () => {
      refusals = await reconnectOnce(settings, api, reconnected);
      return refusals.length === 0 ? true : undefined;
    },
    { ...wait, what: 'PgBouncer to take RECONNECT', explain: () => refusals },
  );
}

/**
 * Gives the command to each bouncer that has not taken it yet, and notes those that do.
 * @returns the words of those that refuse it.
 */
async function reconnectOnce(
  settings: Settings,
  api: Pick<ClusterApi, 'pods' | 'run'>,
  reconnected: Set<string>,
): Promise<readonly string[]> {
  const refusals: string[] = [];
  for (const pod of await findBouncers(api, settings)) {
    if (!isStarted(pod) || reconnected.has(identityOf(pod))) continue;
    try {
      await askBouncer(api, pod, 'RECONNECT');
      reconnected.add(identityOf(pod));
    } catch (error) {
      refusals.push((error as Error).message);
    }
  }
  return refusals;
}

const nameOf = ({ metadata }: V1Pod): string => metadata?.name ?? '';

/** Identifies a bouncer: a container that was started again is another one. */
const identityOf = (pod: V1Pod): string =>
  `${pod.metadata?.uid ?? ''} ${bouncerIn(pod)?.containerID ?? ''}`;

/**
 * Has every bouncer read the files of this content, and waits until each runs on them.
 * @param content digest of the files, as the bouncer's image writes it down after a reload.
 * @returns how many bouncers that is.
 * @throws {Error} telling which bouncer runs on what instead.
 */
export async function untilBouncersRunPlan(
  settings: Settings,
  pooler: PoolerPlan,
  content: string,
): Promise<number> {
  const api = openClusterApi(settings);
  const touched = new Set<string>();
  let troubles: readonly string[] = [];
  return until(
    async () => {
      const bouncers = await findBouncers(api, settings);
      for (const pod of [...bouncers, ...(await api.pods('app'))]) {
        if (touched.has(nameOf(pod))) continue;
        await api.touch(pod, { [`${PROJECT}/files`]: content });
        touched.add(nameOf(pod));
      }
      const found = await Promise.all(
        bouncers.map((pod) => findBouncerTroubles(api, pod, { pooler, content })),
      );
      troubles = bouncers.length === 0 ? ['no bouncer runs'] : found.flat();
      return troubles.length === 0 ? bouncers.length : undefined;
    },
    {
      deadlineMs: RUNS_WITHIN_MS,
      what: 'PgBouncer to run on the planned configuration',
      explain: () => troubles,
    },
  );
}

/** Finds what keeps a bouncer from running on the files of this content; a line each. */
export async function findBouncerTroubles(
  api: Pick<ClusterApi, 'run'>,
  pod: V1Pod,
  { pooler, content }: { readonly pooler: PoolerPlan; readonly content: string },
): Promise<readonly string[]> {
  const name = nameOf(pod);
  const target = { pod: name, container: 'pgbouncer' };
  try {
    const loaded = (await api.run(target, ['cat', `${POOLER_SOCKET_DIRECTORY}/loaded`])).trim();
    if (loaded !== content) return [`${name}: has not read the new files yet`];
    return await findDriftOf(api, pod, pooler);
  } catch (error) {
    return [`${name}: ${(error as Error).message}`];
  }
}

/** Finds what differs between SHOW CONFIG of one bouncer and the plan; a line each. */
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
    ({ key, planned, shown: running = '(unknown to it)' }) =>
      `${nameOf(pod)}: ${key}: planned ${planned}, running ${running}`,
  );
}
