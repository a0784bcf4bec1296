import { join } from 'node:path';
import { withLock } from '../toolchain/lock.mjs';
import { runSteps } from '../toolchain/progress.ts';
import { buildSteps } from './build-steps.ts';
import { findNode } from './node-namespaces.ts';
import { clusterPlaces } from './places.ts';
import { startSteps } from './start-steps.ts';
import { removeCluster } from './stop-cluster.ts';

interface RunningCluster {
  /**
   * Absolute path of a file that holds all that is needed to use the cluster as its administrator.
   */
  readonly kubeconfig: string;
  /** How long it took to install and build what was missing, and then to start. */
  readonly buildSeconds: number;
  readonly startSeconds: number;
}

/**
 * Brings the cluster up: builds what is missing, starts what does not run, and returns when the
 * node is ready, names resolve and the pods of kube-system are ready. Where all of it runs it
 * changes nothing. What a cluster has left whose node is gone is removed first. Throws a StepError
 * with the process, its last words and its log.
 */
export async function startCluster(): Promise<RunningCluster> {
  const places = clusterPlaces();
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(
      'A node of Kubernetes takes Linux and root. Run this as root, or name a cluster that ' +
        'you have with KUBECONFIG.',
    );
  }
  return withLock(join(places.root, 'cluster.lock'), say, async () => {
    const buildSeconds = await timed(() => runSteps(buildSteps()));
    if (findNode(places) === undefined) await removeCluster(places);
    const startSeconds = await timed(() => runSteps(startSteps(places)));
    return { kubeconfig: places.kubeconfig, buildSeconds, startSeconds };
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = Date.now();
  await work();
  return (Date.now() - startedMs) / 1000;
}

const say = (line: string): unknown => process.stderr.write(`${line}\n`);
