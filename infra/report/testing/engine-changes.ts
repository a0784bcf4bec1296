import type { ResourceChange } from '../../changes/resource-changes.ts';

const PACKAGES = {
  Container: 'docker:index/container:',
  RemoteImage: 'docker:index/remoteImage:',
  Volume: 'docker:index/volume:',
  Network: 'docker:index/network:',
  Stash: 'pulumi:index:',
  Stack: 'pulumi:pulumi:',
  Deployment: 'kubernetes:apps/v1:',
  Service: 'kubernetes:core/v1:',
  ServiceAccount: 'kubernetes:core/v1:',
  ConfigMap: 'kubernetes:core/v1:',
  Secret: 'kubernetes:core/v1:',
  PersistentVolumeClaim: 'kubernetes:core/v1:',
  PodDisruptionBudget: 'kubernetes:policy/v1:',
  NetworkPolicy: 'kubernetes:networking.k8s.io/v1:',
  HorizontalPodAutoscaler: 'kubernetes:autoscaling/v2:',
} as const;
type Kind = keyof typeof PACKAGES;

type Change = `${ResourceChange['operation']} ${Kind}`;

/** The same change of several resources: `replace Container`. */
export function each(
  change: Change,
  names: readonly string[],
  paths: readonly string[] = [],
): readonly ResourceChange[] {
  const [operation, kind] = change.split(' ') as [ResourceChange['operation'], Kind];
  const type = `${PACKAGES[kind]}${kind}`;
  return names.map((name) => ({ operation, type, name, paths, isKept: false }));
}

/** As many resources that stay as they are. */
export function sames(count: number): readonly ResourceChange[] {
  return each(
    'same Stash',
    Array.from({ length: count }, (_, index) => `unchanged-${index}`),
  );
}
