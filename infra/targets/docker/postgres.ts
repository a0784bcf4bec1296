import type * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { DATABASE, POSTGRES_SOCKET_DIRECTORY } from '../../settings/standard-names.ts';
import { CLUSTER_DIRECTORY, DATA_DIRECTORY, REPOSITORY_DIRECTORY } from '../../plan/backup.ts';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Engine } from './engine.ts';
import { deployImage } from './image.ts';
import type { Networks } from './networks.ts';
import { deployService } from './service.ts';
import { USERS } from './users.ts';
import { deployFiles, deployVolume, type VolumeMount } from './volumes.ts';

/** The official image would let everyone in over the socket and make no checksums; ours needs no telling. */
const OFFICIAL_INITDB_ARGS = '--auth-local=scram-sha-256 --data-checksums';
/** Docker's own 64 MB is too small for parallel queries. */
const SHARED_MEMORY_MIB = 256;

export interface DeployedPostgres {
  readonly container: docker.Container;
  /** The directory of its Unix socket, for those who may log in. */
  readonly socket: VolumeMount;
  readonly data: VolumeMount;
  /** Of the backups, when there are any. */
  readonly repository: VolumeMount | 'off';
  readonly image: pulumi.Output<string>;
}

export function deployPostgres(
  engine: Engine,
  networks: Networks,
  { settings, postgresSettings, timeouts, backup }: Plan,
  credentials: Credentials,
): DeployedPostgres {
  const { environment } = settings;
  const image = deployImage({
    environment,
    component: 'postgres',
    folder: 'infra/images/postgres',
    reference: settings.images.postgres,
  });
  const data: VolumeMount = {
    volume: deployVolume(environment, 'postgres', 'postgres-data', {
      protect: settings.postgres.protect,
    }),
    path: DATA_DIRECTORY,
  };
  const socket: VolumeMount = {
    volume: deployVolume(environment, 'postgres', 'postgres-socket'),
    path: POSTGRES_SOCKET_DIRECTORY,
  };
  const repository: VolumeMount | 'off' =
    backup === 'off'
      ? 'off'
      : {
          volume: deployVolume(environment, 'postgres', 'postgres-backup', { kept: true }),
          path: REPOSITORY_DIRECTORY,
        };
  const secrets: VolumeMount = {
    volume: deployVolume(environment, 'postgres', 'postgres-secrets'),
    path: '/run/secrets',
  };
  const files = deployFiles('postgres-files', {
    environment,
    component: 'postgres',
    image,
    mount: secrets,
    // Postgres stores a verifier as it is, so not even its own container holds the password.
    files: { 'postgres-password': credentials.superuser.verifier },
  });
  const container = deployService(
    engine,
    {
      environment,
      component: 'postgres',
      image,
      command: [
        'postgres',
        ...Object.entries(postgresSettings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      ],
      environmentVariables: {
        POSTGRES_USER: credentials.superuser.name,
        POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-password',
        POSTGRES_DB: DATABASE,
        PGDATA: CLUSTER_DIRECTORY,
        ...(backup === 'off' ? {} : backup.archiving),
        ...(settings.images.postgres === undefined
          ? {}
          : { POSTGRES_INITDB_ARGS: OFFICIAL_INITDB_ARGS }),
      },
      user: USERS.postgres,
      mounts: [
        data,
        socket,
        { ...secrets, readOnly: true },
        ...(repository === 'off' ? [] : [repository]),
      ],
      scratch: ['/tmp'],
      attachments: [{ network: networks.internal, aliases: ['postgres'] }],
      memoryMiB: settings.postgres.memoryMiB,
      sharedMemoryMiB: SHARED_MEMORY_MIB,
      // Over TCP: a server that is still being set up listens on its socket alone.
      healthTest: [
        'CMD',
        'pg_isready',
        '--quiet',
        '--host',
        '127.0.0.1',
        '--username',
        credentials.superuser.name,
        '--dbname',
        DATABASE,
      ],
      stopSignal: 'SIGINT',
      graceSeconds: timeouts.drain.postgresGraceSeconds,
    },
    { dependsOn: [files] },
  );
  return { container, socket, data, repository, image };
}
