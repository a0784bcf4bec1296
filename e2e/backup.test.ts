import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dockerOutput } from './docker.ts';
import { openTestStack, type TestStack } from './test-stack.ts';
import { until } from './until.ts';

/** Commits carry the server's clock; this is far more than the two may differ by on one machine. */
const APART_MS = 1_500;

let stack: TestStack;
let version = 1;
/** Between the rows `archived` and `later`. */
let moment: string;

beforeAll(async () => {
  stack = await openTestStack('backup');
  configure();
});
afterAll(() => stack.close(), 120_000);

const configure = (protect = true) =>
  stack.configure({
    credentialsVersion: version,
    postgres: { protect },
    redis: { protect },
    backup: { recoveryPointSeconds: 10 },
  });
const ask = (sql: string) => stack.psqlDirect(sql, version);
const write = (guild: string) =>
  ask(
    `insert into presence_event (user_id, guild_id, status, at) values ('1', ` +
      `'${guild}', 'online', now())`,
  );
const rows = async () => (await ask('select guild_id from presence_event order by id')).split('\n');

/**
 * Waits until all that is committed by now lies in the repository, by the archive's own timeout.
 */
async function untilArchived(): Promise<void> {
  const segment = await ask('select pg_walfile_name(pg_current_wal_lsn())');
  await until(
    () => ask('select last_archived_wal from pg_stat_archiver'),
    (last) => last >= segment,
  );
}

/** Runs the restore, and tells how long it took. */
async function restore(...args: string[]): Promise<string> {
  const said = await stack.mustRun('restore', '--yes', ...args);
  process.stderr.write(`${/Restored .* in [\d.]+ s/.exec(said)?.[0] ?? 'no time was told'}\n`);
  return said;
}

test('up makes the first backup by itself, and a command makes another one', async () => {
  await stack.mustRun('up');
  await write('before');
  const said = await stack.mustRun('backup');
  expect(said.match(/full backup: \S+F$/gm)).toHaveLength(1);
  expect(said.match(/diff backup: \S+D$/gm)).toHaveLength(1);
  await write('archived');
  await untilArchived();
  await sleep(APART_MS);
  moment = new Date().toISOString();
  await sleep(APART_MS);
  await write('later');
  await untilArchived();
}, 600_000);

test('a running environment is never restored into', async () => {
  const { exitCode, stderr } = await stack.run('restore', '--yes');
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining(`npm run down -- ${stack.name}`) as unknown,
  });
  expect(await rows()).toEqual(['before', 'archived', 'later']);
}, 60_000);

test('a time that cannot be had is refused, and changes nothing', async () => {
  await stack.mustRun('down', '--yes');
  expect(await stack.run('restore', '--yes', '--at', 'yesterday')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('a time with its zone') as unknown,
  });
  expect(await stack.run('restore', '--yes', '--at', '2026-01-01T00:00:00Z')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      'A time before the end of the first backup cannot be had',
    ) as unknown,
  });
  const unreached = await stack.run('restore', '--yes', '--at', new Date().toISOString());
  expect(unreached).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      'recovery ended before configured recovery target was reached',
    ) as unknown,
  });
  expect(unreached.stderr).toContain('Nothing was changed');
  expect(await stack.run('restore')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('run it again with --yes') as unknown,
  });
}, 300_000);

test('a restore brings a moment back under new credentials and keeps the old data', async () => {
  version = 2;
  configure();
  expect(await restore('--at', moment)).toMatch(/set aside in \S+pgdata\.before-/);
  await stack.mustRun('up', '--yes');
  expect(await rows()).toEqual(['before', 'archived']);
  expect(
    await dockerOutput(
      'exec',
      stack.containerName('postgres'),
      'sh',
      '-c',
      'ls -d /var/lib/postgresql/data/pgdata.before-*/PG_VERSION',
    ),
  ).toMatch(/PG_VERSION$/);
}, 600_000);

test('after a loss the latest archived state comes back, past an earlier restore', async () => {
  await write('second life');
  await untilArchived();
  // No shutdown that would archive the rest.
  await dockerOutput('kill', stack.containerName('postgres'));
  await stack.mustRun('down', '--yes');
  await dockerOutput('volume', 'rm', stack.containerName('postgres-data'));
  await restore();
  await stack.mustRun('up', '--yes');
  expect(await rows()).toEqual(['before', 'archived', 'second life']);
}, 600_000);

test('an environment that is given up leaves its backups, and nothing else', async () => {
  configure(false);
  await stack.mustRun('up', '--yes');
  await stack.mustRun('down', '--yes');
  expect(
    await dockerOutput('volume', 'ls', '--quiet', '--filter', `label=stack=${stack.name}`),
  ).toBe(stack.containerName('postgres-backup'));
}, 600_000);
