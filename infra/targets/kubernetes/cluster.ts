import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../../settings/settings.ts';
import { CLUSTER_STASH, PROJECT } from '../../settings/standard-names.ts';
import { type ClusterIdentity, findOtherCluster } from '../../running/cluster-identity.ts';
import { type Component, namespaceName, objectLabels } from '../../plan/kubernetes-names.ts';

/** Where the objects of one environment go. */
export interface Cluster {
  readonly environment: string;
  readonly namespace: string;
  readonly imagePull: ImagePull;
  /** Of every object: the provider, and the namespace that must be there first. */
  options(dependsOn?: readonly pulumi.Resource[]): pulumi.CustomResourceOptions;
  /** `name` is the object's own; it stays the same when the content changes. */
  metadata(
    component: Component,
    name: string,
    annotations?: Readonly<Record<string, string>>,
  ): Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

/** The login for the registry, as accounts and pods name it; empty where none is needed. */
export interface ImagePull {
  readonly imagePullSecrets?: { name: string }[];
}

export const imagePullOf = ({
  kubernetes: { imagePullSecret },
}: Pick<Settings, 'kubernetes'>): ImagePull =>
  imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] };

/** Pod Security's strictest profile, enforced; `latest` because what it asks for only grows with the cluster. */
const POD_SECURITY = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/enforce-version': 'latest',
  'pod-security.kubernetes.io/warn': 'restricted',
};

/**
 * Who owns our fields, to the API server. Else Pulumi makes a name up for each object and keeps it in the state: an object
 * that the state has lost, by a killed update, would be another's for ever, and every change of it a conflict.
 */
const OWNER = { 'pulumi.com/patchFieldManager': `pulumi-kubernetes-${PROJECT}` };

/**
 * The environment's namespace, in the cluster that the kubeconfig (KUBECONFIG, else ~/.kube/config)
 * names. `identity` is that cluster's, as it is read from its API server.
 */
export function openCluster(settings: Settings, identity: Promise<ClusterIdentity>): Cluster {
  const {
    environment,
    kubernetes: { context },
    postgres,
    redis,
  } = settings;
  const namespace = namespaceName(environment);
  const provider = new kubernetes.Provider('cluster', {
    ...(context === undefined ? {} : { context }),
    // Else the path in KUBECONFIG becomes part of the state, and another path to the same cluster would replace everything.
    kubeconfig: '',
    clusterIdentifier: tieToCluster(settings, identity).uid,
    // A changed file must reach the pods that mount it; a ConfigMap of another name would replace them.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
  const isProtected = (postgres.protect && postgres.external === undefined) || redis.protect;
  const place = new kubernetes.core.v1.Namespace(
    'namespace',
    {
      metadata: {
        name: namespace,
        annotations: OWNER,
        labels: { ...objectLabels(environment, 'environment'), ...POD_SECURITY },
      },
    },
    // Its end would be the end of the claims in it.
    { provider, protect: isProtected, retainOnDelete: isProtected },
  );
  return {
    environment,
    namespace,
    imagePull: imagePullOf(settings),
    options: (dependsOn = []) => ({ provider, dependsOn: [place, ...dependsOn] }),
    metadata: (component, name, annotations = {}) => ({
      name,
      namespace,
      labels: objectLabels(environment, component),
      annotations: { ...OWNER, ...annotations },
    }),
  };
}

/**
 * Remembers, at the first update, which cluster it is, and lets nothing be made or changed in another one: an update would
 * find nothing there of what it knows, and make it all again.
 */
function tieToCluster(
  { environment }: Settings,
  identity: Promise<ClusterIdentity>,
): pulumi.Output<ClusterIdentity> {
  const pointsAt = pulumi.output(
    identity.catch((error: unknown) => refuse((error as Error).message)),
  );
  const { output } = new pulumi.Stash(
    CLUSTER_STASH,
    { input: pointsAt },
    { ignoreChanges: ['input'] },
  );
  return pulumi
    .all([output as pulumi.Output<ClusterIdentity>, pointsAt])
    .apply(([deployedTo, now]) => {
      const other = findOtherCluster(environment, deployedTo, now);
      return other === undefined ? deployedTo : refuse(other);
    });
}

/** The user's to mend: a stack would only be in the way, and inside an output Pulumi shows one that there is. */
function refuse(why: string): never {
  const refusal = new pulumi.RunError(why);
  refusal.stack = why;
  throw refusal;
}

/** What changes with anything that a pod reads once; a change of it rolls the pods. */
export const startedWith = (hash: string): Record<string, string> => ({
  [`${PROJECT}/started-with`]: hash,
});
