import type * as pulumi from '@pulumi/pulumi';
import { POSTGRES_SOCKET_DIRECTORY, SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import { BACKUP_COMMAND, type BackupPlan } from '../../plan/backup.ts';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { deployOneShot } from './one-shot.ts';
import type { DeployedPostgres } from './postgres.ts';
import { USERS } from './users.ts';
import { deployFiles, deployVolume, type VolumeMount } from './volumes.ts';

const MEMORY_MIB = 256;

/** What a backup is made of and where it goes; the socket is how the server is told. */
type BackupPlaces = Pick<DeployedPostgres, 'image' | 'data' | 'socket'> & {
  readonly repository: VolumeMount;
};

/** The container that makes a backup each time it is started; the update starts it for the first one. */
export function deployBackup(
  { settings, timeouts }: Plan,
  backup: BackupPlan,
  credentials: Credentials,
  { image, data, repository, socket }: BackupPlaces,
  dependsOn: readonly pulumi.Resource[],
): void {
  const { environment } = settings;
  const secrets: VolumeMount = {
    volume: deployVolume(environment, 'backup', 'backup-secrets'),
    path: SECRETS_DIRECTORY,
  };
  const files = deployFiles('backup-files', {
    environment,
    component: 'backup',
    image,
    mount: secrets,
    files: { password: credentials.backup.password },
  });
  deployOneShot(
    {
      environment,
      component: 'backup',
      image,
      command: BACKUP_COMMAND,
      environmentVariables: {
        ...backup.backingUp,
        PGHOST: POSTGRES_SOCKET_DIRECTORY,
        BACKUP_PASSWORD_FILE: `${SECRETS_DIRECTORY}/password`,
      },
      user: USERS.postgres,
      mounts: [{ ...data, readOnly: true }, repository, socket, { ...secrets, readOnly: true }],
      scratch: ['/tmp'],
      attachments: [],
      memoryMiB: MEMORY_MIB,
      stopSignal: 'SIGTERM',
      graceSeconds: timeouts.drain.closingSeconds,
    },
    [files, ...dependsOn],
  );
}
