import { ROLES } from '../credentials.ts';
import type { Settings } from '../settings/settings.ts';

/** Where Postgres' containers find the data and the repository of its backups. */
export const DATA_DIRECTORY = '/var/lib/postgresql/data';
export const CLUSTER_DIRECTORY = `${DATA_DIRECTORY}/pgdata`;
export const REPOSITORY_DIRECTORY = '/var/lib/pgbackrest';
/** Scripts of the image of Postgres, which holds pgBackRest too. */
export const BACKUP_COMMAND: readonly string[] = ['sh', '/usr/local/lib/postgres-image/backup.sh'];
export const RESTORE_COMMAND: readonly string[] = [
  'sh',
  '/usr/local/lib/postgres-image/restore.sh',
];

type Variables = Readonly<Record<string, string>>;

/**
 * Environments of the containers that run pgBackRest (https://pgbackrest.org/configuration.html).
 * It takes each of its options from a variable, so that there is no file to bring anywhere.
 */
export interface BackupPlan {
  /** Variables of the server, whose archive_command pushes each segment of the write-ahead log. */
  readonly archiving: Variables;
  /** Variables of what makes backups, without the server's address and the password's file. */
  readonly backingUp: Variables;
  /** Variables of what restores, without the time and the password's file. */
  readonly restoring: Variables;
}

export function planBackup({ backup }: Pick<Settings, 'backup'>): BackupPlan | 'off' {
  if (!backup.enabled) return 'off';
  const place = {
    // pgBackRest's word for one server and its backups.
    PGBACKREST_STANZA: 'main',
    PGBACKREST_PG1_PATH: CLUSTER_DIRECTORY,
    PGBACKREST_REPO1_PATH: REPOSITORY_DIRECTORY,
    PGBACKREST_COMPRESS_TYPE: 'zst',
    // The root file system is read-only; what is said goes to the container's output.
    PGBACKREST_LOCK_PATH: '/tmp/pgbackrest',
    PGBACKREST_LOG_LEVEL_FILE: 'off',
  };
  return {
    archiving: { ...place, PGBACKREST_LOG_LEVEL_CONSOLE: 'warn' },
    backingUp: {
      ...place,
      PGBACKREST_LOG_LEVEL_CONSOLE: 'info',
      PGBACKREST_PG1_USER: ROLES.backup,
      // Without it a backup waits for the next planned checkpoint, some minutes.
      PGBACKREST_START_FAST: 'y',
      PGBACKREST_REPO1_RETENTION_FULL: String(backup.keepFull),
      BACKUP_FULL_EVERY_DAYS: String(backup.fullEveryDays),
    },
    restoring: {
      ...place,
      PGBACKREST_LOG_LEVEL_CONSOLE: 'info',
      PGDATA: CLUSTER_DIRECTORY,
      POSTGRES_USER: ROLES.superuser,
    },
  };
}
