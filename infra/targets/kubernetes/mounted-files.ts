import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import type { KubernetesPart } from './cluster.ts';
import type { PodMount } from './pod.ts';

type Files = Readonly<Record<string, string>>;

/**
 * Makes a Secret of contents by file name, which are secret in the state too. A pod sees a change
 * without a restart, within the kubelet's minute.
 */
export function deploySecret(
  part: KubernetesPart,
  name: string,
  files: Files,
): kubernetes.core.v1.Secret {
  const stringData = Object.fromEntries(
    Object.entries(files).map(([file, content]) => [file, pulumi.secret(content)]),
  );
  return new kubernetes.core.v1.Secret(
    `${name}-secret`,
    { metadata: part.metadata(name), stringData },
    part.options(),
  );
}

/** Makes a ConfigMap of contents that everyone may read, as {@link deploySecret} does. */
export function deployConfigMap(
  part: KubernetesPart,
  name: string,
  files: Files,
): kubernetes.core.v1.ConfigMap {
  return new kubernetes.core.v1.ConfigMap(
    `${name}-config`,
    { metadata: part.metadata(name), data: { ...files } },
    part.options(),
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

/** Mounts a Secret and a ConfigMap in one directory, which changes as one. */
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
