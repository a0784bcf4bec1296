import * as kubernetes from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import { restartKeyValues } from '../../../pgbouncer/changes.ts';
import {
  POOLER_CONFIG_DIRECTORY,
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
} from '../../plan/addresses.ts';
import type { Credentials } from '../../credentials.ts';
import { type Plan, type PoolerPlan, SHARED_POOLER } from '../../plan/plan.ts';
import { consoleCommand } from '../../running/console.ts';
import { contentHash } from '../content-hash.ts';
import { type Cluster, startedWith } from './cluster.ts';
import { within } from './deadline.ts';
import type { DeployedImages } from './images.ts';
import { deployConfigMap, deploySecret, joinedMount } from './mounted-files.ts';
import { selectorLabels } from '../../plan/kubernetes-names.ts';
import { type ContainerShape, execProbe, podTemplate, scratch } from './pod.ts';
import { poolerContent, renderPoolerUsers } from '../../running/pooler-files.ts';
import { deployDisruptionBudget, deployService, deployServiceAccount } from './service.ts';

/** Any will do. High, so that no user of the node has it; of its own, so that it shares no limit of a user with another component. */
export const POOLER_USER = 10_002;
/** A bouncer holds little beside its packet buffers: about 10 KiB a connection, and prepared statements. */
const MEMORY_MIB = 128;
const CPUS = { request: 0.05, limit: 1 };
/** The others of a rollout follow the first one on nodes that are there. */
const ROLLOUT_SECONDS = 120;

/** The files of every bouncer: a change reaches the pods, where each bouncer notices and reloads. */
export interface PoolerFiles {
  /** Of {@link poolerContent}. */
  readonly content: string;
  readonly resources: readonly pulumi.Resource[];
}

export function deployPoolerFiles(
  cluster: Cluster,
  pooler: PoolerPlan,
  credentials: Credentials,
): PoolerFiles {
  return {
    content: poolerContent(pooler, credentials),
    resources: [
      deployConfigMap(cluster, 'pgbouncer', 'pgbouncer', {
        'pgbouncer.ini': pooler.ini,
        ...pooler.files,
      }),
      deploySecret(cluster, 'pgbouncer', 'pgbouncer', {
        'userlist.txt': renderPoolerUsers(credentials),
      }),
    ],
  };
}

/** The directory of the Unix socket, in the pod that the bouncer shares with the app. */
export const poolerSocket = scratch('pgbouncer-socket', POOLER_SOCKET_DIRECTORY);

/** A bouncer as a container of any pod. Its console lets its own Unix user in, so that must be no other container's. */
export function poolerContainer(
  image: string,
  rest: Pick<ContainerShape, 'ports' | 'lifecycle'> = {},
): ContainerShape {
  const ask = consoleCommand('SHOW VERSION');
  return {
    name: 'pgbouncer',
    image,
    command: ['sh', '/usr/local/lib/pgbouncer-image/reload-on-change.sh', POOLER_CONFIG_DIRECTORY],
    args: ['pgbouncer', `${POOLER_CONFIG_DIRECTORY}/pgbouncer.ini`],
    mounts: [
      joinedMount('pgbouncer-files', {
        secret: 'pgbouncer',
        configMap: 'pgbouncer',
        path: POOLER_CONFIG_DIRECTORY,
      }),
      poolerSocket,
    ],
    memoryMiB: MEMORY_MIB,
    cpus: CPUS,
    user: POOLER_USER,
    probes: {
      startup: execProbe(ask, { periodSeconds: 1, failureThreshold: 60 }),
      readiness: execProbe(ask, { periodSeconds: 5, failureThreshold: 3 }),
      liveness: execProbe(ask, { periodSeconds: 20, failureThreshold: 3 }),
    },
    ...rest,
  };
}

/** What rolls the pods of a bouncer: only what it reads once. */
export const poolerStartedWith = (pooler: PoolerPlan): string => restartKeyValues(pooler.config);

/**
 * A tier of bouncers for all pods of the app. One that goes takes no new clients once its address is out of service, and
 * waits until the last client has left: the app renews its client connections well within the grace period.
 */
export function deploySharedPooler(
  cluster: Cluster,
  images: DeployedImages,
  plan: Plan,
  pooler: PoolerPlan,
  dependsOn: readonly pulumi.Resource[],
): pulumi.Resource {
  const { drain } = plan.timeouts;
  const { replicas, surge } = SHARED_POOLER.kubernetes;
  const labels = selectorLabels(cluster.environment, 'pgbouncer');
  const leave = `sleep ${drain.preStopSeconds}; ${consoleCommand('SHUTDOWN WAIT_FOR_CLIENTS').map(quote).join(' ')}; while kill -0 1; do sleep 0.2; done`;
  deployService(cluster, 'pgbouncer', { ports: { pgbouncer: POOLER_PORT } });
  deployDisruptionBudget(cluster, 'pgbouncer');
  return new kubernetes.apps.v1.Deployment(
    'pgbouncer',
    {
      metadata: cluster.metadata('pgbouncer', 'pgbouncer'),
      spec: {
        replicas,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: surge } },
        template: podTemplate(cluster, {
          component: 'pgbouncer',
          serviceAccount: deployServiceAccount(cluster, 'pgbouncer'),
          user: POOLER_USER,
          graceSeconds: drain.poolerGraceSeconds,
          annotations: startedWith(contentHash({ settings: poolerStartedWith(pooler) })),
          spread: true,
          containers: [
            poolerContainer(images.pgbouncer, {
              ports: { pgbouncer: POOLER_PORT },
              lifecycle: { preStop: { exec: { command: ['sh', '-c', leave] } } },
            }),
          ],
        }),
      },
    },
    {
      ...cluster.options(dependsOn),
      ...within(plan.settings.kubernetes.podStartSeconds + ROLLOUT_SECONDS),
    },
  );
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
