import type * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import {
  DATABASE,
  POSTGRES_SOCKET_DIRECTORY,
  SECRETS_DIRECTORY,
} from '../../settings/standard-names.ts';
import { CLUSTER_DIRECTORY, DATA_DIRECTORY, REPOSITORY_DIRECTORY } from '../../plan/backup.ts';
import { initdbVariables, POSTGRES_SHARED_MEMORY_MIB } from '../../plan/components.ts';
import type { VolumeMount } from './container.ts';
import { deployImage } from './image.ts';
import { type Docker, DockerPart } from './open-docker.ts';
import { deployServer } from './server.ts';
import { deployFiles, deployVolume } from './volumes.ts';

/** The server with the data, its volumes, and what it reads at its start. */
export class Postgres extends DockerPart<'postgres'> {
  readonly container: docker.Container;
  /** Directory of its Unix socket, for those who may log in. */
  readonly socket: VolumeMount;
  readonly data: VolumeMount;
  /** Repository of the backups. */
  readonly repository: VolumeMount | 'off';
  readonly image: pulumi.Output<string>;

  constructor(docker: Docker) {
    super('postgres', docker);
    const { settings, backup } = docker.plan;
    this.image = deployImage(this, {
      folder: 'infra/images/postgres',
      reference: settings.images.postgres,
    });
    this.data = deployVolume(this, {
      name: 'postgres-data',
      path: DATA_DIRECTORY,
      protect: settings.postgres.protect,
    });
    this.socket = deployVolume(this, { name: 'postgres-socket', path: POSTGRES_SOCKET_DIRECTORY });
    this.repository =
      backup === 'off'
        ? 'off'
        : deployVolume(this, { name: 'postgres-backup', path: REPOSITORY_DIRECTORY, kept: true });
    this.container = this.#server();
    this.registerOutputs({ container: this.container.name, data: this.data.volume.name });
  }

  #server(): docker.Container {
    const { plan, credentials, network } = this.docker;
    const { settings, postgresSettings, timeouts, backup } = plan;
    const { name: superuser, verifier } = credentials.superuser;
    const secrets = deployFiles(this, {
      name: 'postgres-files',
      volume: 'postgres-secrets',
      path: SECRETS_DIRECTORY,
      image: this.image,
      // Postgres stores a verifier as it is, so not even its own container holds the password.
      contents: { 'postgres-password': verifier },
    });
    return deployServer(
      this,
      {
        image: this.image,
        command: [
          'postgres',
          ...Object.entries(postgresSettings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        ],
        environmentVariables: {
          POSTGRES_USER: superuser,
          POSTGRES_PASSWORD_FILE: `${SECRETS_DIRECTORY}/postgres-password`,
          POSTGRES_DB: DATABASE,
          PGDATA: CLUSTER_DIRECTORY,
          ...(backup === 'off' ? {} : backup.archiving),
          ...initdbVariables(settings),
        },
        user: 'postgres',
        mounts: [
          this.data,
          this.socket,
          secrets.mount,
          ...(this.repository === 'off' ? [] : [this.repository]),
        ],
        scratch: ['/tmp'],
        attachments: [{ network: network.internal, aliases: ['postgres'] }],
        memoryMiB: settings.postgres.memoryMiB,
        sharedMemoryMiB: POSTGRES_SHARED_MEMORY_MIB,
        healthTest: healthTest(superuser),
        stopSignal: 'SIGINT',
        graceSeconds: timeouts.drain.postgresGraceSeconds,
      },
      [secrets.resource],
    );
  }
}

/** Asks over TCP: a server that is still being set up listens on its socket alone. */
const healthTest = (superuser: string): readonly string[] => [
  ...['CMD', 'pg_isready', '--quiet', '--host', '127.0.0.1'],
  ...['--username', superuser, '--dbname', DATABASE],
];
