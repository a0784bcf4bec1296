import type * as pulumi from '@pulumi/pulumi';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ClusterIdentity } from '../../running/cluster-identity.ts';
import { Part, type PartName } from '../part.ts';
import { type DeployedImages, readImages } from './images.ts';
import { type Metadata, objectMetadata } from './metadata.ts';
import { Network } from './network.ts';

/** One environment in a cluster: what each of its parts is made from. */
export interface Cluster {
  readonly plan: Plan;
  readonly credentials: Credentials;
  readonly images: DeployedImages;
  readonly network: Network;
}

/** Makes the namespace and its network policies, in which the other parts will be. */
export function openCluster({
  plan,
  credentials,
  identity,
}: Pick<Cluster, 'plan' | 'credentials'> & {
  readonly identity: Promise<ClusterIdentity>;
}): Cluster {
  const images = readImages(plan.settings);
  return { plan, credentials, images, network: new Network({ plan, identity }) };
}

interface ObjectOptions extends Pick<
  pulumi.CustomResourceOptions,
  'ignoreChanges' | 'protect' | 'retainOnDelete'
> {
  readonly dependsOn?: readonly pulumi.Resource[];
  /** How long an update waits for the object to be as it should, before it fails. */
  readonly withinSeconds?: number;
}

/** A part of an environment in a cluster; the objects of a part have its name as a label. */
export abstract class KubernetesPart<
  Name extends Exclude<PartName, 'network'> = Exclude<PartName, 'network'>,
> extends Part<Name> {
  readonly cluster: Cluster;

  constructor(part: Name, cluster: Cluster) {
    super(part, cluster.plan.settings.environment);
    this.cluster = cluster;
  }

  /** Returns an object's options: the provider, and the namespace that must be there first. */
  options({
    dependsOn = [],
    withinSeconds,
    ...rest
  }: ObjectOptions = {}): pulumi.CustomResourceOptions {
    const { provider, namespace } = this.cluster.network;
    const within = `${withinSeconds ?? 0}s`;
    return this.childOptions({
      ...rest,
      provider,
      dependsOn: [namespace, ...dependsOn],
      ...(withinSeconds === undefined
        ? {}
        : { customTimeouts: { create: within, update: within } }),
    });
  }

  metadata(name: string, annotations?: Readonly<Record<string, string>>): Metadata {
    const { environment, part } = this;
    return objectMetadata({ environment, component: part, name, annotations });
  }
}

/** Login for the registry, as accounts and pods name it; empty where none is needed. */
export interface ImagePull {
  readonly imagePullSecrets?: { name: string }[];
}

export const imagePullOf = ({
  kubernetes: { imagePullSecret },
}: Pick<Settings, 'kubernetes'>): ImagePull =>
  imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] };
