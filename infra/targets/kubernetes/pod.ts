import type * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { type KubernetesComponent, selectorLabels } from '../../plan/kubernetes-names.ts';
import { environmentVariables, type Variables } from './environment-variables.ts';

type ContainerSpec = kubernetes.types.input.core.v1.Container;
export type PodTemplate = kubernetes.types.input.core.v1.PodTemplateSpec;
type VolumeSource = kubernetes.types.input.core.v1.Volume;
type Probe = kubernetes.types.input.core.v1.Probe;
type Lifecycle = kubernetes.types.input.core.v1.Lifecycle;

/** A volume of a pod and where its containers find it. */
export interface PodMount {
  readonly volume: VolumeSource & { readonly name: string };
  readonly path: string;
  readonly readOnly?: boolean;
  /** Room that it may take on the node's own disk. */
  readonly scratchMiB?: number;
}

/**
 * Room for a container's output. The kubelet keeps 50 MiB of it where it is set up as usual, and
 * more until it looks again.
 */
const LOGS_MIB = 256;

/** Describes what differs between our containers. */
export interface ContainerShape extends Variables {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly mounts: readonly PodMount[];
  readonly memoryMiB: number;
  /** CPUs that are set aside, and that may be used. */
  readonly cpus: { readonly request: number; readonly limit: number };
  readonly ports?: Readonly<Record<string, number>>;
  readonly probes?: {
    readonly startup?: Probe;
    readonly readiness?: Probe;
    readonly liveness?: Probe;
  };
  readonly lifecycle?: Lifecycle;
  /** Uid of its process, where that must not be the pod's user. */
  readonly user?: number;
}

export interface PodShape {
  readonly component: KubernetesComponent;
  readonly containers: readonly ContainerShape[];
  /** Native sidecars (Kubernetes 1.33): they start before the containers and end after them. */
  readonly sidecars?: readonly ContainerShape[];
  /** They run to their end, one after the other, before the containers start. */
  readonly first?: readonly ContainerShape[];
  /** User and group of every process; volumes belong to the group. */
  readonly user: number;
  readonly graceSeconds: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Name of the pod's account; the pod gets no token of it. */
  readonly serviceAccount: pulumi.Input<string>;
  /** Keeps the pods of the component apart. */
  readonly spread?: boolean;
  /** Instead runs on the node of this component: one node may write to the volume of both. */
  readonly beside?: KubernetesComponent;
  readonly restartPolicy?: 'Always' | 'Never';
}

/** A pod as we run all of ours; it passes Pod Security's `restricted` profile. */
export function podTemplate(
  { environment }: { readonly environment: string },
  shape: PodShape,
): PodTemplate {
  const {
    component,
    containers,
    sidecars = [],
    first = [],
    user,
    graceSeconds,
    annotations = {},
    spread = false,
    beside,
    restartPolicy = 'Always',
  } = shape;
  const labels = selectorLabels(environment, component);
  const mounts = [...sidecars, ...first, ...containers].flatMap((container) => container.mounts);
  return {
    metadata: {
      labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }),
    },
    spec: {
      serviceAccountName: shape.serviceAccount,
      automountServiceAccountToken: false,
      // Variables for every service of the namespace would end up in the app's environment.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: graceSeconds,
      restartPolicy,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: user,
        runAsGroup: user,
        fsGroup: user,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(sidecars.length + first.length === 0
        ? {}
        : {
            initContainers: [
              ...sidecars.map((sidecar) => ({ ...hardened(sidecar), restartPolicy: 'Always' })),
              ...first.map(hardened),
            ],
          }),
      containers: containers.map(hardened),
      volumes: [...new Map(mounts.map(({ volume }) => [volume.name, volume])).values()],
      ...(spread ? spreadPods(labels) : {}),
      ...(beside === undefined
        ? {}
        : { affinity: { podAffinity: together(selectorLabels(environment, beside)) } }),
    },
  };
}

function hardened(shape: ContainerShape): ContainerSpec {
  const {
    name,
    image,
    command,
    args,
    mounts,
    memoryMiB,
    cpus,
    ports = {},
    probes = {},
    lifecycle,
    user,
  } = shape;
  // Counted in full for every container that mounts it: a pod that takes more is evicted.
  const onDiskMiB = mounts.reduce((sum, { scratchMiB = 0 }) => sum + scratchMiB, LOGS_MIB);
  const room = { memory: bytes(memoryMiB), 'ephemeral-storage': bytes(onDiskMiB) };
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    ...(command === undefined ? {} : { command: [...command] }),
    ...(args === undefined ? {} : { args: [...args] }),
    env: environmentVariables(shape),
    ports: Object.entries(ports).map(([portName, containerPort]) => ({
      name: portName,
      containerPort,
    })),
    volumeMounts: mounts.map(({ volume, path, readOnly = false }) => ({
      name: volume.name,
      mountPath: path,
      readOnly,
    })),
    resources: {
      requests: { cpu: cpuShare(cpus.request), ...room },
      limits: { cpu: cpuShare(cpus.limit), ...room },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      privileged: false,
      capabilities: { drop: ['ALL'] },
      ...(user === undefined ? {} : { runAsUser: user }),
    },
    ...(probes.startup === undefined ? {} : { startupProbe: probes.startup }),
    ...(probes.readiness === undefined ? {} : { readinessProbe: probes.readiness }),
    ...(probes.liveness === undefined ? {} : { livenessProbe: probes.liveness }),
    ...(lifecycle === undefined ? {} : { lifecycle }),
  };
}

/**
 * Spells CPUs as the API server writes them back: `250m`, `2`. Another spelling of the same number
 * would show as a change.
 */
const cpuShare = (cpus: number): string =>
  Number.isInteger(cpus) ? String(cpus) : `${Math.round(cpus * 1_000)}m`;

/** Spells memory as the API server writes it back: `320Mi`, `1Gi`. */
const bytes = (mebibytes: number): string =>
  mebibytes % 1_024 === 0 ? `${mebibytes / 1_024}Gi` : `${mebibytes}Mi`;

/** Keeps the pods of a component apart, as far as nodes allow. */
const spreadPods = (labels: Record<string, string>) => ({
  topologySpreadConstraints: spreadOverNodes(labels),
  affinity: { podAntiAffinity: apartFrom(labels) },
});

/** Spreads pods where there are several nodes; where there is one, all run there. */
const spreadOverNodes = (labels: Record<string, string>) => [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  },
];

/**
 * States the wish of the spread once more, in the scheduler's other score: a node that has the
 * image already must not outweigh it.
 */
const apartFrom = (labels: Record<string, string>) => ({
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: {
        topologyKey: 'kubernetes.io/hostname',
        labelSelector: { matchLabels: labels },
      },
    },
  ],
});

/** Runs pods on the node of those with these labels. */
const together = (labels: Record<string, string>) => ({
  requiredDuringSchedulingIgnoredDuringExecution: [
    { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
  ],
});

/** Mounts a directory that is writable, and gone with the pod. */
export function scratch(
  name: string,
  path: string,
  { sizeMiB = 64, inMemory = false } = {},
): PodMount {
  const volume = {
    name,
    emptyDir: { sizeLimit: `${sizeMiB}Mi`, ...(inMemory ? { medium: 'Memory' } : {}) },
  };
  // What is in memory counts as the container's memory.
  return { volume, path, ...(inMemory ? {} : { scratchMiB: sizeMiB }) };
}

/** Probes by a command in the container, whose exit code decides. */
export const execProbe = (
  command: readonly string[],
  timing: Pick<Probe, 'periodSeconds' | 'failureThreshold'>,
): Probe => ({ exec: { command: [...command] }, timeoutSeconds: 5, ...timing });
