import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../../settings/settings.ts';
import type { Cluster } from './cluster.ts';
import { within } from './deadline.ts';
import { selectorLabels } from '../../plan/kubernetes-names.ts';
import { type PodShape, podTemplate } from './pod.ts';
import { untilServerRuns } from '../../running/server-rollout.ts';

/** The one pod of a server with data, never two of them at once; done when that pod is ready. */
export function deployStatefulSet(
  cluster: Cluster,
  settings: Settings,
  shape: PodShape,
  dependsOn: readonly pulumi.Resource[],
): pulumi.Resource {
  const { component } = shape;
  const readyWithinSeconds = shape.graceSeconds + settings.kubernetes.podStartSeconds;
  const set = new kubernetes.apps.v1.StatefulSet(
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
    { ...cluster.options(dependsOn), ...within(readyWithinSeconds) },
  );
  const run = new pulumi.ResourceHook(`await-${component}`, () =>
    untilServerRuns(settings, component, readyWithinSeconds),
  );
  // A preview of a set that is yet to be made knows its metadata, without a generation.
  const generation = set.metadata.generation.apply(
    (number: number | undefined) => number ?? 'not made yet',
  );
  return new pulumi.Stash(
    `${component}-runs`,
    { input: generation },
    { dependsOn: [set], hooks: { beforeCreate: [run], beforeUpdate: [run] } },
  );
}
