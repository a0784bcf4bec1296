import * as kubernetes from '@pulumi/kubernetes';
import type { Settings } from '../../settings/settings.ts';
import type { Cluster } from './cluster.ts';
import type { KubernetesComponent } from '../../plan/kubernetes-names.ts';
import type { PodMount } from './pod.ts';

type ClaimHolds = 'data' | 'backup';

export interface ClaimShape {
  readonly holds?: ClaimHolds;
  readonly storageGiB: number;
  readonly settings: Settings;
  readonly protect?: boolean;
  /** Also outlives its own place in the program, which for a protected one would be an error. */
  readonly kept?: boolean;
  readonly path: string;
}

/**
 * A claim of its own, not a template in a StatefulSet: it can be protected, kept when the rest goes, and made larger.
 * A protected one outlives `pulumi destroy`.
 */
export function deployClaim(
  cluster: Cluster,
  component: KubernetesComponent,
  shape: ClaimShape,
): PodMount {
  const { holds = 'data', storageGiB, settings, protect = false, kept = protect, path } = shape;
  const name = claimName(component, holds);
  new kubernetes.core.v1.PersistentVolumeClaim(
    name,
    {
      // A claim of a class that waits for its first pod is bound only then: waiting for it here would be for ever.
      // One that is there already, kept by an earlier update or made by a restore, is taken over.
      metadata: cluster.metadata(component, name, {
        'pulumi.com/skipAwait': 'true',
        'pulumi.com/patchForce': 'true',
      }),
      spec: claimSpec(settings, storageGiB),
    },
    { ...cluster.options(), protect, retainOnDelete: kept },
  );
  return claimMount(component, holds, path);
}

export function claimSpec(
  { kubernetes: { storageClass } }: Pick<Settings, 'kubernetes'>,
  storageGiB: number,
) {
  return {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: `${storageGiB}Gi` } },
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  };
}

export const claimName = (component: KubernetesComponent, holds: ClaimHolds): string =>
  `${component}-${holds}`;

export const claimMount = (
  component: KubernetesComponent,
  holds: ClaimHolds,
  path: string,
): PodMount => ({
  volume: { name: holds, persistentVolumeClaim: { claimName: claimName(component, holds) } },
  path,
});
