import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { selectorLabels } from '../../plan/kubernetes-names.ts';
import { imagePullOf, type KubernetesPart } from './cluster.ts';

interface ServiceShape {
  /** The part's name by default. */
  readonly name?: string;
  /** Whether the name resolves to the address of every pod, not to one that spreads over them. */
  readonly headless?: true;
  /** Numbers by the names that the ports have in the pod. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Makes an address inside the cluster for the ready pods of a part. */
export function deployService(part: KubernetesPart, shape: ServiceShape): void {
  const { name = part.part, headless = false, ports } = shape;
  new kubernetes.core.v1.Service(
    `${name}-service`,
    {
      // An address of pods that are not there yet is no fault: who makes the pods waits for them.
      metadata: part.metadata(name, { 'pulumi.com/skipAwait': 'true' }),
      spec: {
        ...(headless ? { clusterIP: 'None' } : {}),
        selector: selectorLabels(part.environment, part.part),
        ports: Object.entries(ports).map(([port, number]) => ({
          name: port,
          port: number,
          targetPort: port,
          protocol: 'TCP',
        })),
      },
    },
    part.options(),
  );
}

/**
 * Makes an account for the pods of a part, which get no token of it. The API server gives a new pod
 * its account's login for the registry.
 */
export function deployServiceAccount(part: KubernetesPart): pulumi.Output<string> {
  const account = new kubernetes.core.v1.ServiceAccount(
    `${part.part}-account`,
    {
      metadata: part.metadata(part.part),
      automountServiceAccountToken: false,
      ...imagePullOf(part.cluster.plan.settings),
    },
    part.options(),
  );
  return account.metadata.name;
}

/** Lets at most one pod of the part go at a time when nodes are emptied. */
export function deployDisruptionBudget(part: KubernetesPart): void {
  new kubernetes.policy.v1.PodDisruptionBudget(
    `${part.part}-disruption`,
    {
      metadata: part.metadata(part.part),
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selectorLabels(part.environment, part.part) },
      },
    },
    part.options(),
  );
}
