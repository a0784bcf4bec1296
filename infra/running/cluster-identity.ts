import { type ClusterRef, openClusterApi } from './cluster-api.ts';
import { describeApiError } from './api-errors.ts';

/** Made with the cluster, and never again while it lives. */
const OLDEST_NAMESPACE = 'kube-system';

/** Tells which cluster it is, and how a person would recognise it. */
export interface ClusterIdentity {
  /** Uid of the namespace kube-system; the rest may change. */
  readonly uid: string;
  readonly server: string;
  readonly context: string;
}

/**
 * Reads the identity of the cluster that the settings and the kubeconfig name.
 * @throws {Error} when it does not answer, or does not let this user look.
 */
export async function readClusterIdentity(settings: ClusterRef): Promise<ClusterIdentity> {
  const { core, config } = openClusterApi(settings);
  const server = config.getCurrentCluster()?.server ?? 'no server';
  const context = config.getCurrentContext();
  try {
    const { metadata } = await core.readNamespace({ name: OLDEST_NAMESPACE });
    return { uid: metadata?.uid ?? '', server, context };
  } catch (error) {
    const request = { verb: 'get', resource: `namespaces ${OLDEST_NAMESPACE}` } as const;
    const why = describeApiError(error, request);
    throw new Error(`${server} (context ${context || 'none'}): ${why}`, { cause: error });
  }
}

/**
 * Describes why an environment that was deployed to one cluster must not be changed through the
 * other; nothing when they are the same one.
 */
export function findOtherCluster(
  environment: string,
  deployedTo: ClusterIdentity,
  pointsAt: ClusterIdentity,
): string | undefined {
  if (deployedTo.uid === pointsAt.uid) return undefined;
  return [
    `${environment} is in another cluster than the one that your kubeconfig points at:`,
    `  deployed to  ${describeIdentity(deployedTo)}`,
    `  points at    ${describeIdentity(pointsAt)}`,
    'Point KUBECONFIG, its current context or kubernetes.context at the first one.',
    'If that cluster is gone for good, forget what was in it, and bring the environment up in ' +
      `the other one: npm run pulumi -- stack rm ${environment} --force --preserve-config, ` +
      `then npm run up -- ${environment}.`,
  ].join('\n');
}

const describeIdentity = ({ uid, server, context }: ClusterIdentity): string =>
  `${server} (context ${context}, kube-system ${uid})`;
