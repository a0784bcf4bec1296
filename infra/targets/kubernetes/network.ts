import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { namespaceName, kubernetesLabels } from '../../plan/kubernetes-names.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ClusterIdentity } from '../../running/cluster-identity.ts';
import { Part } from '../part.ts';
import { tieToCluster } from './cluster-tie.ts';
import { objectMetadata, OWNER } from './metadata.ts';
import { planNetworkPolicies } from './network-policies.ts';

interface NetworkArgs {
  readonly plan: Plan;
  /** Identity of the cluster that the kubeconfig names, as its API server tells it. */
  readonly identity: Promise<ClusterIdentity>;
}

/**
 * Pod Security's strictest profile, enforced; `latest` because what it asks for only grows with the
 * cluster.
 */
const POD_SECURITY = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/enforce-version': 'latest',
  'pod-security.kubernetes.io/warn': 'restricted',
};

/**
 * The environment's place in the cluster that the kubeconfig (KUBECONFIG, else ~/.kube/config)
 * names: its namespace, and who may talk to whom in it.
 */
export class Network extends Part<'network'> {
  readonly provider: kubernetes.Provider;
  readonly namespace: kubernetes.core.v1.Namespace;
  /** Must be there before the first pod that they restrict. */
  readonly policies: readonly pulumi.Resource[];

  constructor({ plan, identity }: NetworkArgs) {
    super('network', plan.settings.environment);
    const { context } = plan.settings.kubernetes;
    this.provider = new kubernetes.Provider(
      'cluster',
      {
        ...(context === undefined ? {} : { context }),
        // Left out, the path in KUBECONFIG would become part of the state, and another path to the
        // same cluster would replace everything.
        kubeconfig: '',
        clusterIdentifier: tieToCluster(this, identity).uid,
        // A changed file must reach the pods that mount it; a ConfigMap of another name would
        // replace them.
        enableConfigMapMutable: true,
        enableSecretMutable: true,
      },
      this.childOptions(),
    );
    this.namespace = this.#namespace(plan);
    this.policies = this.#policies(plan);
    this.registerOutputs({ namespace: this.namespace.metadata.name });
  }

  #namespace({ settings: { postgres, redis } }: Plan): kubernetes.core.v1.Namespace {
    const isProtected = (postgres.protect && postgres.external === undefined) || redis.protect;
    return new kubernetes.core.v1.Namespace(
      'namespace',
      {
        metadata: {
          name: namespaceName(this.environment),
          annotations: OWNER,
          labels: { ...kubernetesLabels(this.environment, 'environment'), ...POD_SECURITY },
        },
      },
      // Its end would be the end of the claims in it.
      this.childOptions({
        provider: this.provider,
        protect: isProtected,
        retainOnDelete: isProtected,
      }),
    );
  }

  #policies(plan: Plan): readonly pulumi.Resource[] {
    const { environment, provider, namespace } = this;
    return planNetworkPolicies(plan).map(
      ({ resource, component, name, spec }) =>
        new kubernetes.networking.v1.NetworkPolicy(
          resource,
          { metadata: objectMetadata({ environment, component, name }), spec },
          this.childOptions({ provider, dependsOn: [namespace] }),
        ),
    );
  }
}
