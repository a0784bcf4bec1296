import {
  type KubernetesComponent,
  kubernetesLabels,
  namespaceName,
} from '../../plan/kubernetes-names.ts';
import { PROJECT } from '../../settings/standard-names.ts';

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

/**
 * Names the owner of our fields to the API server. Without it Pulumi makes up a name for each
 * object and keeps it in the state: an object that the state has lost, by a killed update, would
 * stay another owner's, and every change of it would be a conflict.
 */
export const OWNER = { 'pulumi.com/patchFieldManager': `pulumi-kubernetes-${PROJECT}` };

interface ObjectPlace {
  readonly environment: string;
  readonly component: KubernetesComponent;
  /** The object's own name; it stays the same when the content changes. */
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Returns the metadata of an object in the environment's namespace. */
export const objectMetadata = ({
  environment,
  component,
  name,
  annotations,
}: ObjectPlace): Metadata => ({
  name,
  namespace: namespaceName(environment),
  labels: kubernetesLabels(environment, component),
  annotations: { ...OWNER, ...annotations },
});

/** Returns the annotation with a digest of what a pod reads once: another digest rolls the pods. */
export const startedWith = (hash: string): Record<string, string> => ({
  [`${PROJECT}/started-with`]: hash,
});
