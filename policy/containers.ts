import { listAt, mapAt, valueAt } from './props.ts';
import { type Props, type Subject, UNKNOWN } from './subject.ts';

const DOCKER_CONTAINER = 'docker:index/container:Container';

/** The properties of a Docker container, where the resource is one. */
export function dockerContainer({ type, props }: Subject): Props | undefined {
  return type === DOCKER_CONTAINER ? props : undefined;
}

/**
 * The container as `dockerContainer` finds it, for a rule on what a process may do. A container
 * that only brings files into a volume is never started, and the engine copies them neither into a
 * read-only one nor as another user.
 */
export function dockerProcess(subject: Subject): Props | undefined {
  const container = dockerContainer(subject);
  if (container === undefined) return undefined;
  const onlyBringsFiles =
    container['start'] === false &&
    listAt(container, 'uploads').length > 0 &&
    valueAt(container, 'command') === undefined;
  return onlyBringsFiles ? undefined : container;
}

/** Labels of a Docker object by name; `UNKNOWN` when they are not known yet. */
export function dockerLabels(props: Props): Readonly<Record<string, unknown>> | typeof UNKNOWN {
  const labels = valueAt(props, 'labels');
  if (labels === UNKNOWN) return UNKNOWN;
  return Object.fromEntries(
    listAt(labels).map((entry) => [String(valueAt(entry, 'label')), valueAt(entry, 'value')]),
  );
}

/** The pod that a Kubernetes object is or makes. */
export interface Pod {
  /** Where in the object: `spec.template`. */
  readonly at: string;
  readonly labels: unknown;
  readonly spec: Props;
  readonly containers: readonly PodContainer[];
}

interface PodContainer {
  /** `spec.template.spec.containers[0] (app)` */
  readonly at: string;
  readonly props: Props;
}

const TEMPLATE = ['spec', 'template'] as const;
const POD_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: TEMPLATE,
  StatefulSet: TEMPLATE,
  DaemonSet: TEMPLATE,
  ReplicaSet: TEMPLATE,
  ReplicationController: TEMPLATE,
  Job: TEMPLATE,
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Where a key of the pod's specification is in the object. */
export const placeOf = ({ at }: Pod, key: string): string =>
  `${at === '' ? '' : `${at}.`}spec.${key}`;

/**
 * Types of the provider that stand for a chart or for files: what they make are objects of their
 * own.
 */
const SOURCES_OF_OBJECTS = /^kubernetes:(?:helm\.sh|kustomize|yaml)[/:]/;
/** `core/v1`, `apps/v1`, `networking.k8s.io/v1`. */
const OWN_GROUP = /^kubernetes:(?:[a-z]+|[a-z.]+\.k8s\.io)[/:]/;

/** `Deployment` of `kubernetes:apps/v1:Deployment`; nothing for what is no object of a cluster. */
export function kubernetesKind({ type }: Subject): string | undefined {
  return type.startsWith('kubernetes:') && !SOURCES_OF_OBJECTS.test(type)
    ? type.slice(type.lastIndexOf(':') + 1)
    : undefined;
}

/**
 * The kind as `kubernetesKind` finds it, for kinds of Kubernetes itself: an operator's Job, Service
 * or NetworkPolicy has a shape of its own.
 */
export const ownKubernetesKind = (subject: Subject): string | undefined =>
  OWN_GROUP.test(subject.type) ? kubernetesKind(subject) : undefined;

/** The pod of a Kubernetes object, where it has one and it is known. */
export function podOf(subject: Subject): Pod | undefined {
  const path = POD_PATHS[ownKubernetesKind(subject) ?? ''];
  if (path === undefined) return undefined;
  const spec = valueAt(subject.props, ...path, 'spec');
  if (spec === UNKNOWN) return undefined;
  const inPod = (...more: readonly string[]): string => [...path, ...more].join('.');
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    listAt(spec, list).flatMap((container, index) =>
      container === UNKNOWN
        ? []
        : [
            {
              at: `${inPod('spec', list)}[${index}] (${String(valueAt(container, 'name'))})`,
              props: mapAt(container),
            },
          ],
    ),
  );
  return {
    at: inPod(),
    labels: valueAt(subject.props, ...path, 'metadata', 'labels'),
    spec: mapAt(spec),
    containers,
  };
}
