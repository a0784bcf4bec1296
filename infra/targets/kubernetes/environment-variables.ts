import type * as kubernetes from '@pulumi/kubernetes';

type EnvVar = kubernetes.types.input.core.v1.EnvVar & { readonly name: string };

/** Variables of a container. */
export interface Variables {
  readonly environmentVariables?: Readonly<Record<string, string>>;
  /** Variables whose values are those of a Secret, under the same names. */
  readonly secretVariables?: { readonly secretName: string; readonly names: readonly string[] };
}

/** Spells variables as a pod has them, sorted by name. */
export const environmentVariables = ({
  environmentVariables: plain = {},
  secretVariables: { secretName, names } = { secretName: '', names: [] },
}: Variables): EnvVar[] =>
  [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...names.map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: secretName, key: name } },
    })),
  ].sort((one, other) => (one.name < other.name ? -1 : 1));
