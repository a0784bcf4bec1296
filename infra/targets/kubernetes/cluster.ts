import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../../settings.ts';
import { PROJECT } from '../project.ts';
import { type Component, namespaceName, objectLabels } from './naming.ts';

/** Where the objects of one environment go. */
export interface Cluster {
  readonly environment: string;
  readonly namespace: string;
  /** Of every object: the provider, and the namespace that must be there first. */
  options(dependsOn?: readonly pulumi.Resource[]): pulumi.CustomResourceOptions;
  /** `name` is the object's own; it stays the same when the content changes. */
  metadata(component: Component, name: string, annotations?: Readonly<Record<string, string>>): Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  /** Absent when there are none: the API server does not give an empty map back, and that would show as a change. */
  readonly annotations?: Record<string, string>;
}

/** Pod Security's strictest profile, enforced; `latest` because what it asks for only grows with the cluster. */
const POD_SECURITY = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'latest', 'pod-security.kubernetes.io/warn': 'restricted' };

/** The environment's namespace, in the cluster that the kubeconfig (KUBECONFIG, else ~/.kube/config) names. */
export function openCluster({ environment, kubernetes: { context }, postgres, redis }: Settings): Cluster {
  const namespace = namespaceName(environment);
  const provider = new kubernetes.Provider('cluster', {
    ...(context === undefined ? {} : { context }),
    // A changed file must reach the pods that mount it; a ConfigMap of another name would replace them.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
  const isProtected = (postgres.protect && postgres.external === undefined) || redis.protect;
  const place = new kubernetes.core.v1.Namespace(
    'namespace',
    { metadata: { name: namespace, labels: { ...objectLabels(environment, 'environment'), ...POD_SECURITY } } },
    // Its end would be the end of the claims in it.
    { provider, protect: isProtected, retainOnDelete: isProtected },
  );
  return {
    environment,
    namespace,
    options: (dependsOn = []) => ({ provider, dependsOn: [place, ...dependsOn] }),
    metadata: (component, name, annotations = {}) => ({ name, namespace, labels: objectLabels(environment, component), ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }) }),
  };
}

/** What changes with anything that a pod reads once; a change of it rolls the pods. */
export const startedWith = (hash: string): Record<string, string> => ({ [`${PROJECT}/started-with`]: hash });
