import type { CoreV1Event, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Plan } from '../../infra/plan/plan.ts';
import { type ClusterApi, openClusterApi } from '../../infra/running/cluster-api.ts';
import { type ApiRequest, describeApiError, statusOf } from '../../infra/running/api-errors.ts';
import { lastLines } from '../../toolchain/program.ts';

const LOG_LINES = 12;
const EVENTS = 5;
const BAD_REQUEST = 400;

/** Answers of the API server, and why some are missing. */
interface Reader {
  readonly api: ClusterApi;
  /** The answer, or nothing, and then its reason is among the refusals. */
  read<T>(asking: Promise<T>, of: Omit<ApiRequest, 'namespace'>): Promise<T | undefined>;
}

/**
 * Pods that are not as they should be, each with its latest events and last words: what a person
 * would look up next. What cannot be asked is said in place of it; never throws.
 */
export async function describeClusterTrouble({
  settings,
}: Pick<Plan, 'settings'>): Promise<string> {
  try {
    return await describeTroubleIn(openClusterApi(settings));
  } catch (error) {
    return (error as Error).message;
  }
}

export async function describeTroubleIn(api: ClusterApi): Promise<string> {
  const refusals = new Set<string>();
  const reader: Reader = {
    api,
    read: (asking, of) =>
      asking.catch((error: unknown) => {
        refusals.add(describeApiError(error, { ...of, namespace: api.namespace }));
        return undefined;
      }),
  };
  const pods = await reader.read(api.core.listNamespacedPod({ namespace: api.namespace }), {
    verb: 'list',
    resource: 'pods',
  });
  const told = await Promise.all(
    (pods?.items ?? []).filter(isTroubled).map((pod) => describePod(reader, pod)),
  );
  return [...told, ...refusals].join('\n\n');
}

const containersOf = ({ status }: V1Pod): readonly V1ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

function isTroubled(pod: V1Pod): boolean {
  if (pod.status?.phase === 'Succeeded' || pod.metadata?.deletionTimestamp !== undefined)
    return false;
  return pod.status?.phase !== 'Running' || containersOf(pod).some(({ ready }) => !ready);
}

async function describePod(reader: Reader, pod: V1Pod): Promise<string> {
  const name = pod.metadata?.name ?? '';
  const { core, namespace } = reader.api;
  const found = await reader.read(
    core.listNamespacedEvent({ namespace, fieldSelector: `involvedObject.name=${name}` }),
    { verb: 'list', resource: 'events' },
  );
  const containers = await Promise.all(
    containersOf(pod)
      .filter(({ ready, state }) => !ready && state?.terminated?.exitCode !== 0)
      .map((status) => describeContainer(reader, name, status)),
  );
  return [
    `${name} is ${pod.status?.phase ?? 'unknown'}:`,
    ...latestWarnings(found?.items ?? []),
    ...containers,
  ].join('\n');
}

/** The API server gives them in no order that means anything. */
function latestWarnings(events: readonly CoreV1Event[]): readonly string[] {
  const warnings = events
    .filter(({ type }) => type !== 'Normal')
    .sort((one, other) => happenedAtMs(one) - happenedAtMs(other));
  return warnings
    .slice(-EVENTS)
    .map(
      ({ reason, message, count }) =>
        `  ${reason ?? ''}${(count ?? 1) > 1 ? ` (${count} times)` : ''}: ${message ?? ''}`,
    );
}

/** A repeated event has its last time in one of two places, by the version of what reports it. */
function happenedAtMs({
  series,
  lastTimestamp,
  eventTime,
  firstTimestamp,
  metadata,
}: CoreV1Event): number {
  const at =
    series?.lastObservedTime ??
    lastTimestamp ??
    eventTime ??
    firstTimestamp ??
    metadata.creationTimestamp;
  return at === undefined ? 0 : new Date(at).getTime();
}

async function describeContainer(
  reader: Reader,
  pod: string,
  { name, state, lastState, restartCount }: V1ContainerStatus,
): Promise<string> {
  const ended = state?.terminated ?? lastState?.terminated;
  const why = [
    ...(state?.waiting === undefined
      ? []
      : [`waits: ${state.waiting.reason ?? ''} ${state.waiting.message ?? ''}`.trim()]),
    ...(ended === undefined
      ? []
      : [`exited ${ended.exitCode}${ended.reason === undefined ? '' : ` (${ended.reason})`}`]),
    ...(restartCount > 0 ? [`restarted ${restartCount} times`] : []),
  ];
  const said = await readLog(reader, {
    pod,
    container: name,
    previous: state?.waiting !== undefined && lastState?.terminated !== undefined,
  });
  return (
    `  ${name} ` +
    `${why.join(', ') || 'is not ready'}.${said === '' ? '' : ` Its last lines:\n${said}`}`
  );
}

async function readLog(
  reader: Reader,
  { pod, ...of }: { readonly pod: string; readonly container: string; readonly previous: boolean },
): Promise<string> {
  const { core, namespace } = reader.api;
  const asking = core
    .readNamespacedPodLog({ namespace, name: pod, ...of, tailLines: LOG_LINES })
    .catch((error: unknown) => {
      // A container that never started has said nothing, and the API server calls that an error.
      if (statusOf(error) === BAD_REQUEST) return '';
      throw error;
    });
  return lastLines(
    (await reader.read(asking, { verb: 'get', resource: 'pods/log' })) ?? '',
    LOG_LINES,
  );
}
