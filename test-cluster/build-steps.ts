import { type Step, stepThatTells } from '../toolchain/progress.ts';
import { buildClusterTool, type ClusterTool } from './cluster-tools.ts';
import { ensurePackages } from './packages.ts';

/** Quick ones that the node needs first come first; what is compiled for one serves the next. */
const TOOLS: readonly ClusterTool[] = [
  'pause',
  'etcd',
  'kubectl',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kube-router',
  'coredns',
  'metrics-server',
];

/**
 * Everything a node is made of: packages of the system, and programs that are built from Go
 * modules.
 */
export function buildSteps(): Step[] {
  const builds = TOOLS.map((tool): Step => ({
    ...stepThatTells(tool, async (report, signal) => {
      await buildClusterTool(tool, { report, signal });
    }),
    heavy: true,
  }));
  return [{ name: 'System packages', run: ensurePackages }, ...builds];
}
