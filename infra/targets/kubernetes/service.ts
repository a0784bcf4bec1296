import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import type { Cluster } from './cluster.ts';
import { type KubernetesComponent, selectorLabels } from '../../plan/kubernetes-names.ts';

/** An address inside the cluster for the ready pods of a component; `ports` by their names in the pod. */
export function deployService(
  cluster: Cluster,
  component: KubernetesComponent,
  {
    name = component,
    ports,
  }: { readonly name?: string; readonly ports: Readonly<Record<string, number>> },
): void {
  new kubernetes.core.v1.Service(
    `${name}-service`,
    {
      // An address of pods that are not there yet is no fault: whoever makes the pods waits for them.
      metadata: cluster.metadata(component, name, { 'pulumi.com/skipAwait': 'true' }),
      spec: {
        selector: selectorLabels(cluster.environment, component),
        ports: Object.entries(ports).map(([port, number]) => ({
          name: port,
          port: number,
          targetPort: port,
          protocol: 'TCP',
        })),
      },
    },
    cluster.options(),
  );
}

/** An account of its own for each component, which no pod gets a token of. The API server gives a new pod its account's login for the registry. */
export function deployServiceAccount(
  cluster: Cluster,
  component: KubernetesComponent,
): pulumi.Output<string> {
  const account = new kubernetes.core.v1.ServiceAccount(
    `${component}-account`,
    {
      metadata: cluster.metadata(component, component),
      automountServiceAccountToken: false,
      ...cluster.imagePull,
    },
    cluster.options(),
  );
  return account.metadata.name;
}

/** At most one pod of the component goes at a time when nodes are emptied. */
export function deployDisruptionBudget(cluster: Cluster, component: KubernetesComponent): void {
  new kubernetes.policy.v1.PodDisruptionBudget(
    `${component}-disruption`,
    {
      metadata: cluster.metadata(component, component),
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selectorLabels(cluster.environment, component) },
      },
    },
    cluster.options(),
  );
}
