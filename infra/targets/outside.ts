import type { ClusterRef } from '../running/cluster-api.ts';
import type { ClusterIdentity } from '../running/cluster-identity.ts';
import { bundleApp } from './docker/build-context.ts';
import { type Engine, readEngine } from './docker/engine.ts';

/** Everything that a deployment reads and runs outside of Pulumi, before the engine takes over. */
export interface Outside {
  /** @throws {pulumi.RunError} when no Docker Engine answers. */
  readEngine(): Engine;
  /** Brings the folder that the app's image is built from up to date. */
  bundleApp(engine: Engine): Promise<void>;
  /** Rejects with an error that names the server when the cluster does not answer. */
  readClusterIdentity(cluster: ClusterRef): Promise<ClusterIdentity>;
}

/** The Docker Engine, the bundler and the cluster of this machine. */
export const realOutside: Outside = {
  readEngine,
  bundleApp,
  readClusterIdentity: async (cluster) => {
    // Loaded here: the Kubernetes client takes a third of a second, and Docker needs none.
    const { readClusterIdentity } = await import('../running/cluster-identity.ts');
    return readClusterIdentity(cluster);
  },
};
