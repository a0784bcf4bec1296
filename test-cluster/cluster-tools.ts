import { type BuildOptions, buildRecipe, type GoRecipe } from '../toolchain/go/go-recipe.ts';
import versions from '../toolchain/versions.json' with { type: 'json' };

type KubernetesTool =
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy'
  | 'kubectl';
/** A program of the node or of its pods. */
export type ClusterTool =
  KubernetesTool | 'etcd' | 'coredns' | 'kube-router' | 'metrics-server' | 'pause';

const inModule = (module: string, packagePath: string): GoRecipe => ({
  module: `test-cluster/go/${module}`,
  packagePath,
  folder: 'cluster/bin',
});
const [kubernetesMajor = '', kubernetesMinor = ''] = versions.kubernetes.split('.');
const kubernetes = (name: KubernetesTool): GoRecipe => ({
  ...inModule('kubernetes', `k8s.io/kubernetes/cmd/${name}`),
  // By default each reports v0.0.0-master, and clients that look at the version turn features off.
  values: {
    'k8s.io/component-base/version.gitVersion': `v${versions.kubernetes}`,
    'k8s.io/component-base/version.gitMajor': kubernetesMajor,
    'k8s.io/component-base/version.gitMinor': kubernetesMinor,
  },
});

const RECIPES: Readonly<Record<ClusterTool, GoRecipe>> = {
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  'kube-proxy': kubernetes('kube-proxy'),
  kubectl: kubernetes('kubectl'),
  etcd: inModule('etcd', 'go.etcd.io/etcd/server/v3'),
  coredns: inModule('coredns', 'github.com/coredns/coredns'),
  'kube-router': inModule(
    'kube-router',
    'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router',
  ),
  'metrics-server': inModule('metrics-server', 'sigs.k8s.io/metrics-server/cmd/metrics-server'),
  pause: inModule('pause', '.'),
};

/** Builds a program of the cluster, as {@link buildRecipe} does. */
export const buildClusterTool = (name: ClusterTool, options: BuildOptions): Promise<string> =>
  buildRecipe(name, RECIPES[name], options);
