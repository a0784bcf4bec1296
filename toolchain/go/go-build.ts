import { join } from 'node:path';
import { checkout } from '../places.mjs';
import { buildGoModule, type GoBuild } from './go-module.ts';
import versions from '../versions.json' with { type: 'json' };

export type KubernetesTool =
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy'
  | 'kubectl';
export type ClusterTool =
  KubernetesTool | 'etcd' | 'coredns' | 'kube-router' | 'metrics-server' | 'pause';
export type GoTool =
  | 'pulumi'
  | 'pulumi-language-nodejs'
  | 'pulumi-resource-docker'
  | 'pulumi-resource-kubernetes'
  | 'kube-score'
  | 'actionlint'
  | ClusterTool;

type Recipe = Omit<GoBuild, 'module' | 'output' | 'report' | 'signal'> & {
  /** Folder of its go.mod, from the repository's root. */
  readonly module: string;
  /** Below the tools directory. */
  readonly folder: string;
};

const forCluster = (module: string, packagePath: string): Recipe => ({
  module: `test-cluster/go/${module}`,
  packagePath,
  folder: 'cluster/bin',
});
const [kubernetesMajor = '', kubernetesMinor = ''] = versions.kubernetes.split('.');
const kubernetes = (name: KubernetesTool): Recipe => ({
  ...forCluster('kubernetes', `k8s.io/kubernetes/cmd/${name}`),
  // Without them each says that it is v0.0.0-master, and clients that look at the version turn features off.
  values: {
    'k8s.io/component-base/version.gitVersion': `v${versions.kubernetes}`,
    'k8s.io/component-base/version.gitMajor': kubernetesMajor,
    'k8s.io/component-base/version.gitMinor': kubernetesMinor,
  },
});

const RECIPES: Readonly<Record<GoTool, Recipe>> = {
  pulumi: {
    module: 'toolchain/go/pulumi',
    packagePath: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    // Without it the CLI has no version, and requiredPulumiVersion and the Automation API refuse it.
    values: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': versions.pulumi },
    folder: 'bin',
  },
  // Beside the CLI, where it looks for it.
  'pulumi-language-nodejs': {
    module: 'toolchain/go/language-host',
    packagePath: '.',
    folder: 'bin',
  },
  'pulumi-resource-docker': {
    module: 'toolchain/go/docker-provider',
    packagePath: '.',
    // Leaves out a resource that no Pulumi type is made of, and with it all of Docker Compose.
    tags: ['no_compose'],
    generated: 'schema.json',
    // Away from `bin`, which is on PATH: a provider found there wins over the installed one, with a warning at every update.
    folder: 'providers',
  },
  'pulumi-resource-kubernetes': {
    module: 'toolchain/go/kubernetes-provider',
    packagePath: '.',
    values: { 'main.version': versions.kubernetesProvider },
    generated: 'schema.json',
    folder: 'providers',
  },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  'kube-proxy': kubernetes('kube-proxy'),
  kubectl: kubernetes('kubectl'),
  etcd: forCluster('etcd', 'go.etcd.io/etcd/server/v3'),
  coredns: forCluster('coredns', 'github.com/coredns/coredns'),
  'kube-router': forCluster(
    'kube-router',
    'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router',
  ),
  'metrics-server': forCluster('metrics-server', 'sigs.k8s.io/metrics-server/cmd/metrics-server'),
  pause: forCluster('pause', '.'),
  'kube-score': {
    module: 'toolchain/go/kube-score',
    packagePath: 'github.com/zegl/kube-score/cmd/kube-score',
    folder: 'checkers',
  },
  actionlint: {
    module: 'toolchain/go/actionlint',
    packagePath: 'github.com/rhysd/actionlint/cmd/actionlint',
    folder: 'checkers',
  },
};

/**
 * Builds a tool from its Go module, with the user's own Go and its caches, unless it is up to date.
 * Returns the binary's absolute path in `toolsDirectory`. Throws with what to do when Go is missing or too old, and with the compiler's last words when a build fails.
 */
export async function buildGoTool(
  name: GoTool,
  toolsDirectory: string,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const { module, folder, ...recipe } = RECIPES[name];
  return buildGoModule({
    ...recipe,
    module: join(checkout, module),
    output: join(toolsDirectory, folder, name),
    report,
    ...(signal && { signal }),
  });
}
