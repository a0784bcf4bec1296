import type { ResourceRule, Violation } from '../rule.ts';
import type { Props, Subject } from '../subject.ts';

/** A resource of the stack `dev` by default. */
export function subjectOf(type: string, props: Props, more: Partial<Subject> = {}): Subject {
  return { type, name: 'thing', stack: 'dev', protect: false, props, ...more };
}

const DOCKER_LABELS = ['project', 'stack', 'component'].map((label) => ({
  label,
  value: label === 'component' ? 'app' : 'x',
}));
const KUBERNETES_LABELS = {
  'app.kubernetes.io/name': 'x',
  'app.kubernetes.io/instance': 'x',
  'app.kubernetes.io/component': 'app',
};

/**
 * A Docker container that every rule passes, with these properties changed; `undefined` takes one
 * away.
 */
export function container(changed: Props = {}): Subject {
  return subjectOf('docker:index/container:Container', {
    image: 'example/app:1.2.3',
    user: '10001:10001',
    envs: ['PORT=3001', 'DATABASE_URL_FILE=/run/secrets/database-url'],
    labels: DOCKER_LABELS,
    ports: [{ internal: 3001, external: 3001, ip: '127.0.0.1' }],
    stopSignal: 'SIGTERM',
    stopTimeout: 25,
    destroyGraceSeconds: 25,
    readOnly: true,
    capabilities: { drops: ['ALL'] },
    securityOpts: ['no-new-privileges:true'],
    memory: 256,
    ...changed,
  });
}

/** Labels with another component, as Docker has them. */
export const dockerComponent = (value: string): Props => ({
  labels: [
    { label: 'project', value: 'x' },
    { label: 'stack', value: 'x' },
    { label: 'component', value },
  ],
});

/** A container of a pod that every rule passes, with these properties changed. */
export function podContainer(changed: Props = {}): Props {
  return {
    name: 'app',
    image: 'example/app:1.2.3',
    env: [{ name: 'PORT', value: '3001' }],
    ports: [{ containerPort: 3001 }],
    resources: { limits: { memory: '256Mi', cpu: '500m' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ...changed,
  };
}

interface Shape {
  /** Changed properties of its one container. */
  readonly container?: Props;
  /** Changed properties of its pod. */
  readonly pod?: Props;
  readonly labels?: Props;
  readonly namespace?: unknown;
}

/** A Deployment that every rule passes, with these parts changed. */
export function deployment({
  container = {},
  pod = {},
  labels = KUBERNETES_LABELS,
  namespace = 'one',
}: Shape = {}): Subject {
  return subjectOf('kubernetes:apps/v1:Deployment', {
    metadata: { name: 'app', namespace, labels },
    spec: {
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 25,
          securityContext: { runAsNonRoot: true, runAsUser: 10_001 },
          containers: [podContainer(container)],
          ...pod,
        },
      },
    },
  });
}

export const kubernetesObject = (
  type: string,
  spec: Props,
  {
    labels = KUBERNETES_LABELS,
    namespace = 'one',
    ...more
  }: Partial<Subject> & Pick<Shape, 'labels' | 'namespace'> = {},
): Subject =>
  subjectOf(`kubernetes:${type}`, { metadata: { name: 'thing', namespace, labels }, spec }, more);

export const checkIn = (
  { check }: ResourceRule,
  kind: 'development' | 'production',
  subject: Subject,
): readonly Violation[] => check(subject, { isProduction: kind === 'production' });

/** Where a rule objects, which is what most tests compare. */
export const placesIn = (
  rule: ResourceRule,
  subject: Subject,
  kind: 'development' | 'production' = 'development',
): readonly string[] => checkIn(rule, kind, subject).map(({ at }) => at);
