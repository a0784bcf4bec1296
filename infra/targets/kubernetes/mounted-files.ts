import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { Cluster } from './cluster.ts';
import type { KubernetesComponent } from '../../plan/kubernetes-names.ts';
import type { PodMount } from './pod.ts';

type Files = Readonly<Record<string, string>>;

/** Contents by file name, secret in the state. A pod sees a change without a restart, within the kubelet's minute. */
export function deploySecret(
  cluster: Cluster,
  component: KubernetesComponent,
  name: string,
  files: Files,
): kubernetes.core.v1.Secret {
  const stringData = Object.fromEntries(
    Object.entries(files).map(([file, content]) => [file, pulumi.secret(content)]),
  );
  return new kubernetes.core.v1.Secret(
    `${name}-secret`,
    { metadata: cluster.metadata(component, name), stringData },
    cluster.options(),
  );
}

/** As {@link deploySecret}, for what everyone may read. */
export function deployConfigMap(
  cluster: Cluster,
  component: KubernetesComponent,
  name: string,
  files: Files,
): kubernetes.core.v1.ConfigMap {
  return new kubernetes.core.v1.ConfigMap(
    `${name}-config`,
    { metadata: cluster.metadata(component, name), data: { ...files } },
    cluster.options(),
  );
}

export const secretMount = (name: string, secretName: string, path: string): PodMount => ({
  volume: { name, secret: { secretName, defaultMode: 0o440 } },
  path,
  readOnly: true,
});

export const configMount = (name: string, configMapName: string, path: string): PodMount => ({
  volume: { name, configMap: { name: configMapName, defaultMode: 0o444 } },
  path,
  readOnly: true,
});

/** Several of them in one directory, which changes as one. */
export const joinedMount = (
  name: string,
  {
    secret,
    configMap,
    path,
  }: { readonly secret: string; readonly configMap: string; readonly path: string },
): PodMount => ({
  volume: {
    name,
    projected: {
      defaultMode: 0o440,
      sources: [{ secret: { name: secret } }, { configMap: { name: configMap } }],
    },
  },
  path,
  readOnly: true,
});
