import { dockerLabels, kubernetesKind, podOf } from '../containers.ts';
import { COMPONENT_LABEL } from '../data-services.ts';
import { holds, isText, listAt, mapAt, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import { type Subject, UNKNOWN } from '../subject.ts';

const DOCKER_LABELS: readonly string[] = ['project', 'stack', COMPONENT_LABEL.docker];
const KUBERNETES_LABELS: readonly string[] = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  COMPONENT_LABEL.kubernetes,
];
const LABELLED_BY_DOCKER: readonly string[] = [
  'docker:index/container:Container',
  'docker:index/volume:Volume',
  'docker:index/network:Network',
];

export const labels: ResourceRule = {
  name: 'labels',
  reason:
    'Whoever finds an object on a machine or in a cluster must see whose it is, and what may be ' +
    'removed with it.',
  check: (subject) => {
    const { type, props } = subject;
    if (LABELLED_BY_DOCKER.includes(type))
      return missing('labels', dockerLabels(props), DOCKER_LABELS);
    if (type === 'docker:index/remoteImage:RemoteImage' && valueAt(props, 'build') !== undefined)
      return missing('build.labels', valueAt(props, 'build', 'labels'), DOCKER_LABELS);
    return onKubernetes(subject);
  },
};

function onKubernetes(subject: Subject): Violation[] {
  const kind = kubernetesKind(subject);
  // A list is no object, and a patch changes an object of another owner.
  if (
    kind === undefined ||
    kind.endsWith('List') ||
    kind.endsWith('Patch') ||
    listAt(subject.props, 'items').length > 0
  )
    return [];
  const pod = podOf(subject);
  const own = missing(
    'metadata.labels',
    valueAt(subject.props, 'metadata', 'labels'),
    KUBERNETES_LABELS,
  );
  return pod === undefined || pod.at === ''
    ? own
    : [...own, ...missing(`${pod.at}.metadata.labels`, pod.labels, KUBERNETES_LABELS)];
}

function missing(at: string, found: unknown, wanted: readonly string[]): Violation[] {
  const absent =
    found === UNKNOWN ? [] : wanted.filter((label) => !holds(valueAt(found, label), isText));
  if (absent.length === 0) return [];
  const present = Object.keys(mapAt(found)).join(', ');
  return [
    {
      at,
      got: present === '' ? 'nothing' : present,
      allowed: wanted.join(', '),
      remedy: `Add ${absent.join(', ')}.`,
    },
  ];
}
