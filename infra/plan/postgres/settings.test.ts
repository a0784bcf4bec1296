import { describe, expect, test } from '@jest/globals';
import { planPostgresSettings, type PostgresDemand } from './settings.ts';

const demand: PostgresDemand = {
  maxConnections: 100,
  reservedConnections: 10,
  memoryMiB: 4_096,
  protect: true,
  slowQueryMs: 1_000,
  archiveWithinSeconds: 60,
  settings: {},
};
const planned = (settings: PostgresDemand['settings']) =>
  planPostgresSettings({ ...demand, settings });

test('memory follows the limit of the container: a quarter for shared_buffers', () => {
  expect(planned({}).settings).toMatchObject({
    shared_buffers: '1024MB',
    effective_cache_size: '3072MB',
    work_mem: '4MB',
    max_connections: '100',
  });
});

test('what the user sets wins over what is derived, and what is forced wins over the user', () => {
  const { settings, faults } = planned({
    shared_buffers: '256MB',
    log_checkpoints: false,
    shared_preload_libraries: 'auto_explain',
  });
  expect(faults).toEqual([]);
  expect(settings).toMatchObject({
    shared_buffers: '256MB',
    log_checkpoints: 'off',
    shared_preload_libraries: 'pg_stat_statements,auto_explain',
  });
});

describe('values are checked against the catalogue of the server', () => {
  test.each<[string, string | number | boolean, string]>([
    ['random_page_cost', 1.1, '1.1'],
    ['work_mem', '8MB', '8MB'],
    ['work_mem', 8_192, '8192'],
    ['synchronous_commit', 'remote_apply', 'remote_apply'],
    ['checkpoint_timeout', '15min', '15min'],
    ['pg_stat_statements.max', 10_000, '10000'],
  ])('%s = %p is accepted', (key, value, text) => {
    expect(planned({ [key]: value })).toMatchObject({ faults: [], settings: { [key]: text } });
  });

  test.each<[string, string | number | boolean, string]>([
    [
      'work_mem',
      '8MX',
      'an integer from 64 to 2147483647 in units of kB, or a text with a unit such as 64MB',
    ],
    [
      'work_mem',
      '1kB',
      'an integer from 64 to 2147483647 in units of kB, or a text with a unit such as 64MB',
    ],
    [
      'checkpoint_timeout',
      '5MB',
      'an integer from 30 to 86400 in units of s, or a text with a unit such as 30s',
    ],
    ['random_page_cost', '1.1', 'a number from 0'],
    ['synchronous_commit', 'maybe', 'local, remote_write, remote_apply, on, off'],
    ['log_checkpoints', 1, 'on or off'],
    ['max_connections', 50, 'nothing: the stack sets it'],
    ['statement_timeout', '5s', 'nothing: the stack sets it'],
    ['synchronous_commit', false, 'anything but off while postgres.protect is true'],
    ['ssl', true, 'nothing: the stack sets it'],
    ['archive_command', 'true', 'nothing while backup.enabled is true'],
    ['wal_level', 'minimal', 'replica or logical while backup.enabled is true'],
    ['work_mem', '5toString', 'an integer from 64'],
    ['toString', 1, 'a parameter of PostgreSQL 17'],
    ['wrok_mem', '8MB', 'a parameter of PostgreSQL 17 or of pg_stat_statements'],
  ])('%s = %p is refused', (key, value, allowed) => {
    const [fault, ...others] = planned({ [key]: value }).faults;
    expect(others).toEqual([]);
    expect(fault?.key).toBe(`postgres.settings.${key}`);
    expect(fault?.allowed.startsWith(allowed)).toBe(true);
  });
});

test('without protection a crash may cost the last commits', () => {
  const { settings, faults } = planPostgresSettings({
    ...demand,
    protect: false,
    settings: { synchronous_commit: false, fsync: false },
  });
  expect(faults).toEqual([]);
  expect(settings).toMatchObject({ synchronous_commit: 'off', fsync: 'off' });
});

test(
  'with backups every change is archived within the recovery point; without, archiving is the ' +
    "user's own",
  () => {
    expect(planned({}).settings).toMatchObject({
      archive_mode: 'on',
      archive_command: 'pgbackrest archive-push "%p"',
      archive_timeout: '60s',
    });
    const without = planPostgresSettings({
      ...demand,
      archiveWithinSeconds: 'off',
      settings: { archive_mode: true, archive_command: 'own-tool %p' },
    });
    expect(without.faults).toEqual([]);
    expect(without.settings).toMatchObject({ archive_mode: 'on', archive_command: 'own-tool %p' });
    expect(
      planPostgresSettings({ ...demand, archiveWithinSeconds: 'off' }).settings,
    ).not.toHaveProperty('archive_mode');
  },
);

describe('memory', () => {
  test('all connections together stay below the limit; both numbers of the way out fit', () => {
    const settings = { work_mem: '64MB' };
    const [fault] = planned(settings).faults;
    const [, connections, memory] =
      /maxConnections to (\d+), or raise postgres\.memoryMiB to (\d+)/.exec(fault?.remedy ?? '') ??
      [];
    expect(
      planPostgresSettings({ ...demand, settings, maxConnections: Number(connections) }).faults,
    ).toEqual([]);
    expect(planPostgresSettings({ ...demand, settings, memoryMiB: Number(memory) }).faults).toEqual(
      [],
    );
  });
});
