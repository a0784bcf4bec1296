import { NODE_NAME } from './addresses.ts';

export const STORAGE_CLASS = 'standard';
/** The name under which the storage class asks for volumes. */
export const PROVISIONER = 'spywatcher.dev/file';

/** What the API server tells of a claim, as far as it matters here. */
export interface Claim {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

export interface Volume {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly persistentVolumeReclaimPolicy: string };
  readonly status: { readonly phase: string };
}

interface VolumePlan {
  readonly create: readonly Claim[];
  /** Names of volumes that nobody needs any more: their object goes, and their data. */
  readonly remove: readonly string[];
}

/**
 * `stored`: names of the volumes whose data is there. A volume that is to be retained stays until
 * its object is deleted.
 */
export function planVolumes({
  claims,
  volumes,
  stored,
}: {
  readonly claims: readonly Claim[];
  readonly volumes: readonly Volume[];
  readonly stored: readonly string[];
}): VolumePlan {
  const ours = volumes.filter(
    ({ metadata }) => metadata.annotations?.['pv.kubernetes.io/provisioned-by'] === PROVISIONER,
  );
  const known = new Set(ours.map(({ metadata }) => metadata.name));
  const create = claims.filter(
    ({ metadata, spec }) =>
      spec.storageClassName === STORAGE_CLASS &&
      spec.volumeName === undefined &&
      metadata.deletionTimestamp === undefined &&
      // Set by the scheduler once a pod that wants the claim has got a place.
      metadata.annotations?.['volume.kubernetes.io/selected-node'] === NODE_NAME &&
      !known.has(volumeName(metadata.uid)),
  );
  const released = ours
    .filter(
      ({ spec, status }) =>
        status.phase === 'Released' && spec.persistentVolumeReclaimPolicy === 'Delete',
    )
    .map(({ metadata }) => metadata.name);
  const orphaned = stored.filter(
    (name) => !known.has(name) && !create.some(({ metadata }) => volumeName(metadata.uid) === name),
  );
  return { create, remove: [...released, ...orphaned] };
}

export const volumeName = (claimUid: string): string => `pvc-${claimUid}`;

/**
 * The volume for a claim: of exactly the size that it asks for. `path` is where its file system is
 * mounted in the node.
 */
export function volumeFor(
  { metadata: { name, namespace, uid }, spec }: Claim,
  path: string,
): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeName(uid),
      annotations: { 'pv.kubernetes.io/provisioned-by': PROVISIONER },
    },
    spec: {
      capacity: { storage: spec.resources.requests.storage },
      accessModes: spec.accessModes,
      storageClassName: STORAGE_CLASS,
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: 'kubernetes.io/hostname', operator: 'In', values: [NODE_NAME] },
              ],
            },
          ],
        },
      },
    },
  };
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Kubernetes' way to write a size: `20Gi`, `1500M`, `1073741824`. */
export function readBytes(quantity: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (digits === undefined || factor === undefined)
    throw new Error(
      `A claim asks for "${quantity}"; a size is a number with one of ` +
        `${Object.keys(UNITS).slice(1).join(', ')}.`,
    );
  return Math.ceil(Number(digits) * factor);
}

export const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: STORAGE_CLASS,
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: PROVISIONER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};
