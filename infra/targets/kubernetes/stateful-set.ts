import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import type { Cluster } from './cluster.ts';
import { within } from './deadline.ts';
import { selectorLabels } from './naming.ts';
import { type PodShape, podTemplate } from './pod.ts';

/** The one pod of a server with data, never two of them at once. */
export function deployStatefulSet(cluster: Cluster, shape: PodShape, podStartSeconds: number, dependsOn: readonly pulumi.Resource[]): kubernetes.apps.v1.StatefulSet {
  const { component } = shape;
  return new kubernetes.apps.v1.StatefulSet(
    component,
    {
      metadata: cluster.metadata(component, component),
      spec: {
        serviceName: component,
        replicas: 1,
        // In order, the controller would wait for a broken pod before it replaces it by one of the mended revision.
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selectorLabels(cluster.environment, component) },
        template: podTemplate(cluster, shape),
      },
    },
    { ...cluster.options(dependsOn), ...within(shape.graceSeconds + podStartSeconds) },
  );
}
