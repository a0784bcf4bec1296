import type * as kubernetes from '@pulumi/kubernetes';

/** What makes a program that passes every policy break one of them. */
export interface KubernetesOffence {
  /** Needed where a policy asks for more in production. */
  readonly inProduction?: true;
  readonly container?: Partial<kubernetes.types.input.core.v1.Container>;
  readonly pod?: Partial<kubernetes.types.input.core.v1.PodSpec>;
  readonly serviceType?: 'LoadBalancer';
  readonly claim?: 'unprotected';
  readonly labels?: Record<string, string>;
  readonly networkPolicy?: 'absent';
  /** The message of the policy, whole. */
  readonly says: string;
}

const inPod = 'server: spec.template.spec.containers[0] (server)';

export const KUBERNETES_OFFENCES: Readonly<Record<string, KubernetesOffence>> = {
  'published-port': {
    serviceType: 'LoadBalancer',
    says:
      'server: spec.type: got LoadBalancer for Redis; allowed: ClusterIP. Leave it ' +
      'out: inside the cluster the service has a name, and from outside kubectl ' +
      'port-forward leads to it.',
  },
  'graceful-stop': {
    pod: { terminationGracePeriodSeconds: 0 },
    says:
      'server: spec.template.spec.terminationGracePeriodSeconds: got 0; allowed: a ' +
      'whole number of seconds from 1. Set how long its slowest container may take ' +
      'to end.',
  },
  'non-root': {
    pod: { securityContext: {} },
    says:
      `${inPod}.securityContext.runAsNonRoot: got nothing; allowed: true, here or ` +
      'for the pod. Set it: the kubelet then starts no image as root.',
  },
  'read-only-root': {
    container: {
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
    says:
      `${inPod}.securityContext.readOnlyRootFilesystem: got nothing; allowed: true. ` +
      'Set it, and give what must be written a volume or an emptyDir.',
  },
  'no-privileges': {
    container: {
      securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    },
    says:
      `${inPod}.securityContext.allowPrivilegeEscalation: got nothing; allowed: ` +
      'false. Set it: without it a setuid program becomes root.',
  },
  'pinned-image': {
    container: { image: 'example/server' },
    says:
      `${inPod}.image: got "example/server"; allowed: a version tag or a digest. ` +
      'Name the version: name:1.2.3, or name@sha256:... as docker image inspect ' +
      'prints it.',
  },
  limits: {
    container: { resources: { limits: { memory: '64Mi' } } },
    says:
      `${inPod}.resources.limits.cpu: got nothing; allowed: an amount: 500m. Set it ` +
      'to what the container may take at the most.',
  },
  'protected-data in production': {
    inProduction: true,
    claim: 'unprotected',
    says:
      'server-data: protect: got false; allowed: true for data in production. Set ' +
      'the resource option protect: true. To give the data up, first do it in one ' +
      'update without this pack.',
  },
  'plain-secret': {
    container: { env: [{ name: 'REDIS_PASSWORD', value: 'a-password' }] },
    says:
      `${inPod}.env REDIS_PASSWORD: got 10 characters under the name of a secret ` +
      '(not shown); allowed: the path of a file. Put it into a file that only this ' +
      'container mounts, and name that one: REDIS_PASSWORD_FILE.',
  },
  labels: {
    labels: { 'app.kubernetes.io/name': 'violations', 'app.kubernetes.io/instance': 'violations' },
    says:
      'server: spec.template.metadata.labels: got app.kubernetes.io/instance, ' +
      'app.kubernetes.io/name; allowed: app.kubernetes.io/name, ' +
      'app.kubernetes.io/instance, app.kubernetes.io/component. Add ' +
      'app.kubernetes.io/component.',
  },
  'default-deny': {
    networkPolicy: 'absent',
    says:
      'namespace default: NetworkPolicy: got none that closes Ingress and Egress for ' +
      'every pod (server runs there); allowed: one with podSelector {} and no rule, ' +
      'for Ingress and Egress. Add it, and a policy for each way that is needed; let ' +
      'the pods depend on it.',
  },
};
