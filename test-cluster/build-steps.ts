import { buildGoTool, type ClusterTool } from '../toolchain/go/go-build.ts';
import { toolsDirectory } from '../toolchain/places.mjs';
import type { Step, StepOutcome } from '../toolchain/progress.ts';
import { ensurePackages } from './packages.ts';

/** The quick ones that the node needs first come first; what is compiled for one serves the next. */
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

/** Everything a node is made of: packages of the system, and programs that are built from Go modules. */
export function buildSteps(): Step[] {
  const builds = TOOLS.map((tool): Step => ({
    name: tool,
    heavy: true,
    run: async (report, signal) => {
      let outcome: StepOutcome = 'ready';
      const onLine = (line: string): void => {
        outcome = 'done';
        report(line);
      };
      await buildGoTool(tool, toolsDirectory(), onLine, signal);
      return outcome;
    },
  }));
  return [{ name: 'System packages', run: ensurePackages }, ...builds];
}
