import * as kubernetes from '@pulumi/kubernetes';
import type { Settings } from '../../settings.ts';
import type { Cluster } from './cluster.ts';
import type { Component } from './naming.ts';
import type { PodMount } from './pod.ts';

/**
 * A claim of its own, not a template in a StatefulSet: it can be protected, kept when the rest goes, and made larger.
 * A protected one outlives `pulumi destroy`.
 */
export function deployClaim(cluster: Cluster, component: Component, shape: { readonly storageGiB: number; readonly settings: Settings; readonly protect: boolean; readonly path: string }): PodMount {
  const { storageGiB, settings, protect, path } = shape;
  const { storageClass } = settings.kubernetes;
  const name = `${component}-data`;
  new kubernetes.core.v1.PersistentVolumeClaim(
    name,
    {
      // A claim of a class that waits for its first pod is bound only then: waiting for it here would be for ever.
      metadata: cluster.metadata(component, name, { 'pulumi.com/skipAwait': 'true' }),
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: `${storageGiB}Gi` } },
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      },
    },
    { ...cluster.options(), protect, retainOnDelete: protect },
  );
  return { volume: { name: 'data', persistentVolumeClaim: { claimName: name } }, path };
}
