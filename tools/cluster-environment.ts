import type { CoreV1Api, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Plan } from '../infra/plan.ts';
import { type ClusterApi, openClusterApi } from '../infra/targets/kubernetes/api.ts';
import { askBouncer, findBouncers, findDriftOf } from '../infra/targets/kubernetes/bouncers.ts';
import { DATABASE } from '../infra/addresses.ts';
import { ROLES } from '../infra/credentials.ts';
import { lastLines } from './program.ts';

const LOG_LINES = 12;
const EVENTS = 5;

/**
 * Asks the running environment whether it is the planned one.
 * @throws {Error} saying what is not so.
 */
export async function checkCluster({ settings, pooler }: Plan): Promise<readonly string[]> {
  const api = openClusterApi(settings);
  const { spec, status } = await api.apps.readNamespacedDeployment({ namespace: api.namespace, name: 'app' });
  const [wanted = 0, ready = 0] = [spec?.replicas, status?.readyReplicas];
  if (ready < wanted) throw new Error(`${ready} of ${wanted} pods of the app are ready.\n${await describeClusterTrouble({ settings })}`);
  const pods = `${ready} of ${wanted} pods of the app are ready`;
  if (pooler === 'off') return [`${pods}, straight against Postgres (pooler.enabled is false)`];
  const bouncers = await findBouncers(api, settings);
  for (const pod of bouncers) {
    const drift = await findDriftOf(api, pod, pooler);
    if (drift.length > 0) throw new Error(`PgBouncer does not run on the planned configuration:\n${drift.join('\n')}\nA SET on its console does that; deleting the pod brings back what the files set.`);
  }
  const pools = (await Promise.all(bouncers.map((pod) => askBouncer(api, pod, 'SHOW POOLS')))).flat();
  if (!pools.some(([database, user]) => database === DATABASE && user === ROLES.app)) throw new Error('The app is ready, but no PgBouncer knows a pool of it (SHOW POOLS): it does not go through the pooler.');
  return [`${pods}, through PgBouncer`, `SHOW CONFIG equals the plan in ${bouncers.length} ${bouncers.length === 1 ? 'bouncer' : 'bouncers'}`];
}

/** Pods that are not as they should be, each with its latest events and last words: what a person would look up next. */
export async function describeClusterTrouble({ settings }: Pick<Plan, 'settings'>): Promise<string> {
  const api = openClusterApi(settings);
  const { items } = await api.core.listNamespacedPod({ namespace: api.namespace });
  return (await Promise.all(items.filter(isTroubled).map((pod) => describePod(api, pod)))).join('\n\n');
}

const containersOf = ({ status }: V1Pod): readonly V1ContainerStatus[] => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];

function isTroubled(pod: V1Pod): boolean {
  if (pod.status?.phase === 'Succeeded' || pod.metadata?.deletionTimestamp !== undefined) return false;
  return pod.status?.phase !== 'Running' || containersOf(pod).some(({ ready }) => !ready);
}

async function describePod(api: ClusterApi, pod: V1Pod): Promise<string> {
  const name = pod.metadata?.name ?? '';
  const { items } = await api.core.listNamespacedEvent({ namespace: api.namespace, fieldSelector: `involvedObject.name=${name}` });
  const events = items.filter(({ type }) => type !== 'Normal').slice(-EVENTS).map(({ reason, message, count }) => `  ${reason ?? ''}${(count ?? 1) > 1 ? ` (${count} times)` : ''}: ${message ?? ''}`);
  const containers = await Promise.all(containersOf(pod).filter(({ ready, state }) => !ready && state?.terminated?.exitCode !== 0).map((status) => describeContainer(api, name, status)));
  return [`${name} is ${pod.status?.phase ?? 'unknown'}:`, ...events, ...containers].join('\n');
}

async function describeContainer({ core, namespace }: ClusterApi, pod: string, { name, state, lastState, restartCount }: V1ContainerStatus): Promise<string> {
  const ended = state?.terminated ?? lastState?.terminated;
  const why = [
    ...(state?.waiting === undefined ? [] : [`waits: ${state.waiting.reason ?? ''} ${state.waiting.message ?? ''}`.trim()]),
    ...(ended === undefined ? [] : [`exited ${ended.exitCode}${ended.reason === undefined ? '' : ` (${ended.reason})`}`]),
    ...(restartCount > 0 ? [`restarted ${restartCount} times`] : []),
  ];
  const said = await readLog(core, { namespace, name: pod, container: name, previous: state?.waiting !== undefined && lastState?.terminated !== undefined });
  return `  ${name} ${why.join(', ') || 'is not ready'}.${said === '' ? '' : ` Its last lines:\n${said}`}`;
}

async function readLog(core: CoreV1Api, of: { readonly namespace: string; readonly name: string; readonly container: string; readonly previous: boolean }): Promise<string> {
  // A container that never started has said nothing, and the API server calls that an error.
  const text = await core.readNamespacedPodLog({ ...of, tailLines: LOG_LINES }).catch(() => '');
  return lastLines(text, LOG_LINES);
}
