import * as kubernetes from '@pulumi/kubernetes';
import type { KubernetesComponent } from '../../plan/kubernetes-names.ts';
import type { Settings } from '../../settings/settings.ts';
import type { KubernetesPart } from './cluster.ts';
import type { PodMount } from './pod.ts';

type ClaimHolds = 'data' | 'backup';

interface ClaimShape {
  readonly holds?: ClaimHolds;
  readonly storageGiB: number;
  /** Whether it outlives `pulumi destroy`. */
  readonly protect?: boolean;
  /**
   * Whether it also outlives its own place in the program, which for a protected claim would be an
   * error. A protected claim is kept by default.
   */
  readonly kept?: boolean;
  readonly path: string;
}

/**
 * Makes a claim of its own, not by a template in a StatefulSet: so it can be protected, kept when
 * the rest goes, and made larger.
 */
export function deployClaim(part: KubernetesPart, shape: ClaimShape): PodMount {
  const { holds = 'data', storageGiB, protect = false, kept = protect, path } = shape;
  const name = claimName(part.part, holds);
  new kubernetes.core.v1.PersistentVolumeClaim(
    name,
    {
      // A claim of a class that waits for its first pod is bound only then: waiting for it here
      // would never end. A claim that is there already, kept by an earlier update or made by a
      // restore, is taken over.
      metadata: part.metadata(name, {
        'pulumi.com/skipAwait': 'true',
        'pulumi.com/patchForce': 'true',
      }),
      spec: claimSpec(part.cluster.plan.settings, storageGiB),
    },
    part.options({ protect, retainOnDelete: kept }),
  );
  return claimMount(part.part, holds, path);
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
