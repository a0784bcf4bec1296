import type * as pulumi from '@pulumi/pulumi';
import {
  DATABASE,
  POSTGRES_PORT,
  POSTGRES_SOCKET_DIRECTORY,
  SECRETS_DIRECTORY,
} from '../../settings/standard-names.ts';
import { CLUSTER_DIRECTORY, DATA_DIRECTORY, REPOSITORY_DIRECTORY } from '../../plan/backup.ts';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { deployClaim } from './claim.ts';
import type { Cluster } from './cluster.ts';
import type { DeployedImages } from './images.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { execProbe, scratch } from './pod.ts';
import { deployService, deployServiceAccount } from './service.ts';
import { deployStatefulSet } from './stateful-set.ts';

export const POSTGRES_USER = 999;
/** The runtime's own 64 MB is too small for parallel queries. */
const SHARED_MEMORY_MIB = 256;
const CPUS = { request: 0.25, limit: 2 };

/** Over TCP: a server that is still being set up listens on its socket alone. */
const ASK = ['pg_isready', '--quiet', '--host', '127.0.0.1', '--dbname', DATABASE];
/** 1 is a server that refuses sessions while it recovers: it must not be killed for that. */
const ALIVE = ['sh', '-c', `${ASK.join(' ')} || [ $? = 1 ]`];

export function deployPostgres(
  cluster: Cluster,
  images: DeployedImages,
  plan: Plan,
  credentials: Credentials,
): pulumi.Resource {
  const { settings, postgresSettings, timeouts, backup } = plan;
  const { memoryMiB, storageGiB, protect } = settings.postgres;
  // Postgres stores a verifier as it is, so not even its own pod holds the password.
  const secret = deploySecret(cluster, 'postgres', 'postgres', {
    'postgres-password': credentials.superuser.verifier,
  });
  deployService(cluster, 'postgres', { ports: { postgres: POSTGRES_PORT } });
  return deployStatefulSet(
    cluster,
    settings,
    {
      component: 'postgres',
      serviceAccount: deployServiceAccount(cluster, 'postgres'),
      user: POSTGRES_USER,
      graceSeconds: timeouts.drain.postgresGraceSeconds,
      containers: [
        {
          name: 'postgres',
          image: images.postgres,
          args: [
            'postgres',
            ...Object.entries(postgresSettings).flatMap(([key, value]) => [
              '-c',
              `${key}=${value}`,
            ]),
          ],
          environmentVariables: {
            POSTGRES_USER: credentials.superuser.name,
            POSTGRES_PASSWORD_FILE: `${SECRETS_DIRECTORY}/postgres-password`,
            POSTGRES_DB: DATABASE,
            PGDATA: CLUSTER_DIRECTORY,
            ...(backup === 'off' ? {} : backup.archiving),
            // For the official image, which would trust its socket and make no checksums; ours needs no telling.
            POSTGRES_INITDB_ARGS: '--auth-local=scram-sha-256 --data-checksums',
          },
          mounts: [
            deployClaim(cluster, 'postgres', {
              storageGiB,
              settings,
              protect,
              path: DATA_DIRECTORY,
            }),
            ...(backup === 'off'
              ? []
              : [
                  deployClaim(cluster, 'postgres', {
                    holds: 'backup',
                    storageGiB: settings.backup.storageGiB,
                    settings,
                    kept: true,
                    path: REPOSITORY_DIRECTORY,
                  }),
                ]),
            secretMount('secrets', 'postgres', SECRETS_DIRECTORY),
            scratch('socket', POSTGRES_SOCKET_DIRECTORY),
            scratch('tmp', '/tmp'),
            scratch('shared-memory', '/dev/shm', { sizeMiB: SHARED_MEMORY_MIB, inMemory: true }),
          ],
          memoryMiB,
          cpus: CPUS,
          ports: { postgres: POSTGRES_PORT },
          probes: {
            startup: execProbe(ALIVE, { periodSeconds: 1, failureThreshold: 300 }),
            readiness: execProbe(ASK, { periodSeconds: 2, failureThreshold: 3 }),
            liveness: execProbe(ALIVE, { periodSeconds: 10, failureThreshold: 6 }),
          },
        },
      ],
    },
    [secret],
  );
}
