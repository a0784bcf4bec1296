import { restartKeyValues } from '../../../pgbouncer/changes.ts';
import { POOLER_CONFIG_DIRECTORY, POOLER_SOCKET_DIRECTORY } from '../../settings/standard-names.ts';
import { MEMORY_MIB, UIDS } from '../../plan/components.ts';
import type { PoolerPlan } from '../../plan/pooler.ts';
import { consoleCommand } from '../../running/console.ts';
import { joinedMount } from './mounted-files.ts';
import { type ContainerShape, execProbe, scratch } from './pod.ts';

const CPUS = { request: 0.05, limit: 1 };

/** Directory of the Unix socket, in the pod that the bouncer shares with the app. */
export const poolerSocket = scratch('pgbouncer-socket', POOLER_SOCKET_DIRECTORY);

/**
 * Describes a bouncer as a container of any pod. Its console lets its own Unix user in, so that
 * must be no other container's.
 */
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
    memoryMiB: MEMORY_MIB.pgbouncer,
    cpus: CPUS,
    user: UIDS.kubernetes.pgbouncer,
    probes: {
      startup: execProbe(ask, { periodSeconds: 1, failureThreshold: 60 }),
      readiness: execProbe(ask, { periodSeconds: 5, failureThreshold: 3 }),
      liveness: execProbe(ask, { periodSeconds: 20, failureThreshold: 3 }),
    },
    ...rest,
  };
}

/** Returns what rolls the pods of a bouncer: only what it reads once. */
export const poolerStartedWith = (pooler: PoolerPlan): string => restartKeyValues(pooler.config);
