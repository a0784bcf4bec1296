import type * as pulumi from '@pulumi/pulumi';
import { POSTGRES_SOCKET_DIRECTORY, SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import { BACKUP_COMMAND, type BackupPlan } from '../../plan/backup.ts';
import { MEMORY_MIB } from '../../plan/components.ts';
import type { VolumeMount } from './container.ts';
import { deployOneShot } from './one-shot.ts';
import { type Docker, DockerPart } from './open-docker.ts';
import type { Postgres } from './postgres.ts';
import { deployFiles } from './volumes.ts';

interface BackupArgs {
  readonly backup: BackupPlan;
  /** The server that is backed up; its socket is how it is told. */
  readonly postgres: Pick<Postgres, 'container' | 'data' | 'image' | 'socket'>;
  /** Where the backups go. */
  readonly repository: VolumeMount;
  /** Is done when the role that makes backups exists. */
  readonly migrated: pulumi.Resource;
}

/** The container that makes a backup each time it starts; the update starts it the first time. */
export class Backup extends DockerPart<'backup'> {
  constructor(docker: Docker, { backup, postgres, repository, migrated }: BackupArgs) {
    super('backup', docker);
    const { image, data, socket } = postgres;
    const secrets = deployFiles(this, {
      name: 'backup-files',
      volume: 'backup-secrets',
      path: SECRETS_DIRECTORY,
      image,
      contents: { password: docker.credentials.backup.password },
    });
    deployOneShot(
      this,
      {
        name: 'backup',
        image,
        command: BACKUP_COMMAND,
        environmentVariables: {
          ...backup.backingUp,
          PGHOST: POSTGRES_SOCKET_DIRECTORY,
          BACKUP_PASSWORD_FILE: `${SECRETS_DIRECTORY}/password`,
        },
        user: 'postgres',
        mounts: [{ ...data, readOnly: true }, repository, socket, secrets.mount],
        scratch: ['/tmp'],
        attachments: [],
        memoryMiB: MEMORY_MIB.backup,
        stopSignal: 'SIGTERM',
        graceSeconds: docker.plan.timeouts.drain.closingSeconds,
      },
      [secrets.resource, postgres.container, migrated],
    );
    this.registerOutputs({ repository: repository.volume.name });
  }
}
