import type * as pulumi from '@pulumi/pulumi';
import {
  DATABASE,
  POSTGRES_PORT,
  POSTGRES_SOCKET_DIRECTORY,
  SECRETS_DIRECTORY,
} from '../../settings/standard-names.ts';
import { CLUSTER_DIRECTORY, DATA_DIRECTORY, REPOSITORY_DIRECTORY } from '../../plan/backup.ts';
import { initdbVariables, POSTGRES_SHARED_MEMORY_MIB, UIDS } from '../../plan/components.ts';
import { deployClaim } from './claim.ts';
import { type Cluster, KubernetesPart } from './cluster.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { type ContainerShape, execProbe, type PodMount, scratch } from './pod.ts';
import { deployService } from './service.ts';
import { deployStatefulSet } from './stateful-set.ts';

const CPUS = { request: 0.25, limit: 2 };

/** Asks over TCP: a server that is still being set up listens on its socket alone. */
const ASK = ['pg_isready', '--quiet', '--host', '127.0.0.1', '--dbname', DATABASE];
/** 1 is a server that refuses sessions while it recovers: it must not be killed for that. */
const ALIVE = ['sh', '-c', `${ASK.join(' ')} || [ $? = 1 ]`];

/** The server with the data, its claims, and what it reads at its start. */
export class Postgres extends KubernetesPart<'postgres'> {
  /** Is done when the server's one pod is ready. */
  readonly running: pulumi.Resource;

  constructor(cluster: Cluster) {
    super('postgres', cluster);
    const { timeouts } = cluster.plan;
    const secret = deploySecret(this, 'postgres', {
      // Postgres stores a verifier as it is, so not even its own pod holds the password.
      'postgres-password': cluster.credentials.superuser.verifier,
    });
    deployService(this, { ports: { postgres: POSTGRES_PORT } });
    this.running = deployStatefulSet(
      this,
      {
        user: UIDS.kubernetes.postgres,
        graceSeconds: timeouts.drain.postgresGraceSeconds,
        containers: [this.#container()],
      },
      [secret],
    );
    this.registerOutputs({ service: 'postgres', port: POSTGRES_PORT });
  }

  #container(): ContainerShape {
    const { plan, credentials, images } = this.cluster;
    const { settings, postgresSettings, backup } = plan;
    return {
      name: 'postgres',
      image: images.postgres,
      args: [
        'postgres',
        ...Object.entries(postgresSettings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      ],
      environmentVariables: {
        POSTGRES_USER: credentials.superuser.name,
        POSTGRES_PASSWORD_FILE: `${SECRETS_DIRECTORY}/postgres-password`,
        POSTGRES_DB: DATABASE,
        PGDATA: CLUSTER_DIRECTORY,
        ...(backup === 'off' ? {} : backup.archiving),
        ...initdbVariables(settings),
      },
      mounts: [
        ...this.#claims(),
        secretMount('secrets', 'postgres', SECRETS_DIRECTORY),
        scratch('socket', POSTGRES_SOCKET_DIRECTORY),
        scratch('tmp', '/tmp'),
        scratch('shared-memory', '/dev/shm', {
          sizeMiB: POSTGRES_SHARED_MEMORY_MIB,
          inMemory: true,
        }),
      ],
      memoryMiB: settings.postgres.memoryMiB,
      cpus: CPUS,
      ports: { postgres: POSTGRES_PORT },
      probes: {
        startup: execProbe(ALIVE, { periodSeconds: 1, failureThreshold: 300 }),
        readiness: execProbe(ASK, { periodSeconds: 2, failureThreshold: 3 }),
        liveness: execProbe(ALIVE, { periodSeconds: 10, failureThreshold: 6 }),
      },
    };
  }

  #claims(): readonly PodMount[] {
    const { settings, backup } = this.cluster.plan;
    const { storageGiB, protect } = settings.postgres;
    const data = deployClaim(this, { storageGiB, protect, path: DATA_DIRECTORY });
    if (backup === 'off') return [data];
    const repository = deployClaim(this, {
      holds: 'backup',
      storageGiB: settings.backup.storageGiB,
      kept: true,
      path: REPOSITORY_DIRECTORY,
    });
    return [data, repository];
  }
}
