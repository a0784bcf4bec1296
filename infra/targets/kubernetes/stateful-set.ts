import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { selectorLabels } from '../../plan/kubernetes-names.ts';
import { untilServerRuns } from '../../running/server-rollout.ts';
import { deployCheckpoint } from '../checkpoint.ts';
import type { KubernetesPart } from './cluster.ts';
import { type PodShape, podTemplate } from './pod.ts';
import { deployServiceAccount } from './service.ts';

/**
 * Runs the one pod of a server with data, never two of them at once.
 * @returns a resource that is done when that pod is ready.
 */
export function deployStatefulSet(
  part: KubernetesPart<'postgres' | 'redis'>,
  shape: Omit<PodShape, 'component' | 'serviceAccount'>,
  dependsOn: readonly pulumi.Resource[],
): pulumi.Resource {
  const { part: name, environment } = part;
  const { settings } = part.cluster.plan;
  const readyWithinSeconds = shape.graceSeconds + settings.kubernetes.podStartSeconds;
  const set = new kubernetes.apps.v1.StatefulSet(
    name,
    {
      metadata: part.metadata(name),
      spec: {
        serviceName: name,
        replicas: 1,
        // In order, the controller would wait for a broken pod before it replaces it by one of the
        // mended revision.
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selectorLabels(environment, name) },
        template: podTemplate(
          { environment },
          { ...shape, component: name, serviceAccount: deployServiceAccount(part) },
        ),
      },
    },
    part.options({ dependsOn, withinSeconds: readyWithinSeconds }),
  );
  return deployCheckpoint(part, {
    name: `${name}-runs`,
    hook: `await-${name}`,
    // A preview of a set that is yet to be made knows its metadata, without a generation.
    trigger: set.metadata.generation.apply(
      (generation: number | undefined) => generation ?? 'not made yet',
    ),
    work: () => untilServerRuns(settings, name, readyWithinSeconds),
    dependsOn: [set],
  });
}
