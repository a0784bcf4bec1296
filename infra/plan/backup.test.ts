import { expect, test } from '@jest/globals';
import { checkSettings } from '../settings/check-settings.ts';
import { planBackup } from './backup.ts';

const planned = (raw: object) =>
  planBackup(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, 'dev').settings);

const PLACE = {
  PGBACKREST_STANZA: 'main',
  PGBACKREST_PG1_PATH: '/var/lib/postgresql/data/pgdata',
  PGBACKREST_REPO1_PATH: '/var/lib/pgbackrest',
  PGBACKREST_COMPRESS_TYPE: 'zst',
  PGBACKREST_LOCK_PATH: '/tmp/pgbackrest',
  PGBACKREST_LOG_LEVEL_FILE: 'off',
};

test('server, backup and restore work on one repository, each with what it alone needs', () => {
  expect(planned({ backup: { keepFull: 3, fullEveryDays: 14 } })).toEqual({
    archiving: { ...PLACE, PGBACKREST_LOG_LEVEL_CONSOLE: 'warn' },
    backingUp: {
      ...PLACE,
      PGBACKREST_LOG_LEVEL_CONSOLE: 'info',
      PGBACKREST_PG1_USER: 'spywatcher_backup',
      PGBACKREST_START_FAST: 'y',
      PGBACKREST_REPO1_RETENTION_FULL: '3',
      BACKUP_FULL_EVERY_DAYS: '14',
    },
    restoring: {
      ...PLACE,
      PGBACKREST_LOG_LEVEL_CONSOLE: 'info',
      PGDATA: '/var/lib/postgresql/data/pgdata',
      POSTGRES_USER: 'postgres',
    },
  });
});

test('a change of how long backups are kept does not restart the server', () => {
  const archivingOf = (raw: object) => {
    const plan = planned(raw);
    return plan === 'off' ? 'off' : plan.archiving;
  };
  expect(archivingOf({ backup: { keepFull: 9, fullEveryDays: 1, schedule: '0 0 * * 0' } })).toEqual(
    archivingOf({}),
  );
});

test('without backups nothing is planned', () => {
  expect(planned({ backup: { enabled: false } })).toBe('off');
  expect(planned({ postgres: { protect: false } })).toBe('off');
});
