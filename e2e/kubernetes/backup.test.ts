import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../until.ts';
import { type ClusterStack, openClusterStack } from './cluster-stack.ts';

/** Commits carry the server's clock; this is far more than the two may differ by in one cluster. */
const APART_MS = 1_500;
const SETTINGS = {
  app: { replicas: 1 },
  postgres: { protect: true },
  redis: { protect: true },
  backup: { recoveryPointSeconds: 10, storageGiB: 1 },
};

let stack: ClusterStack;
/** Between the rows `archived` and `later`. */
let moment: string;

beforeAll(async () => {
  stack = await openClusterStack('backup', SETTINGS);
}, 60_000);
afterAll(() => stack.close(), 300_000);

const write = (guild: string) =>
  stack.psql(
    `insert into presence_event (user_id, guild_id, status, at) values ('1', ` +
      `'${guild}', 'online', now())`,
  );
const rows = async () =>
  (await stack.psql('select guild_id from presence_event order by id')).split('\n');

/**
 * Waits until all that is committed by now lies in the repository, by the archive's own timeout.
 */
async function untilArchived(): Promise<void> {
  const segment = await stack.psql('select pg_walfile_name(pg_current_wal_lsn())');
  await until(
    () => stack.psql('select last_archived_wal from pg_stat_archiver'),
    (last) => last >= segment,
  );
}

/** Runs the restore, and tells how long it took. */
async function restore(...args: string[]): Promise<string> {
  const said = await stack.mustRun('restore', '--yes', ...args);
  process.stderr.write(`${/Restored .* in [\d.]+ s/.exec(said)?.[0] ?? 'no time was told'}\n`);
  return said;
}

test('up makes the first backup, and a command another one as the CronJob would', async () => {
  await stack.mustRun('up', '--yes');
  await write('before');
  const said = await stack.mustRun('backup');
  expect(said.match(/full backup: \S+F$/gm)).toHaveLength(1);
  expect(said.match(/diff backup: \S+D$/gm)).toHaveLength(1);
  const { spec } = await stack.api.batch.readNamespacedCronJob({
    namespace: stack.api.namespace,
    name: 'backup',
  });
  expect(spec).toMatchObject({
    schedule: '17 2 * * *',
    timeZone: 'Etc/UTC',
    concurrencyPolicy: 'Forbid',
  });
  await write('archived');
  await untilArchived();
  await sleep(APART_MS);
  moment = new Date().toISOString();
  await sleep(APART_MS);
  await write('later');
  await untilArchived();
}, 900_000);

test('a running environment is never restored into', async () => {
  const { exitCode, stderr } = await stack.run('restore', '--yes');
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining(`npm run down -- ${stack.name}`) as unknown,
  });
  expect(await rows()).toEqual(['before', 'archived', 'later']);
}, 60_000);

test('a time before the first backup is refused and leaves nothing behind', async () => {
  await stack.mustRun('down', '--yes');
  expect(await stack.run('restore', '--yes', '--at', '2026-01-01T00:00:00Z')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      'A time before the end of the first backup cannot be had',
    ) as unknown,
  });
  const { batch, core, namespace } = stack.api;
  expect(
    (await batch.listNamespacedJob({ namespace })).items.filter(
      ({ metadata }) => metadata?.deletionTimestamp === undefined,
    ),
  ).toEqual([]);
  expect((await core.listNamespacedSecret({ namespace })).items).toEqual([]);
}, 600_000);

test('the state of a moment comes back without what was committed later', async () => {
  expect(await restore('--at', moment)).toMatch(/set aside in \S+pgdata\.before-/);
  await stack.mustRun('up', '--yes');
  expect(await rows()).toEqual(['before', 'archived']);
}, 900_000);

test('after the loss of the claim with the data the latest archived state comes back', async () => {
  await write('second life');
  await untilArchived();
  const { core, namespace } = stack.api;
  await stack.mustRun('down', '--yes');
  await core.deleteNamespacedPersistentVolumeClaim({ namespace, name: 'postgres-data' });
  const findClaim = async () =>
    (await core.listNamespacedPersistentVolumeClaim({ namespace })).items.map(
      ({ metadata }) => metadata?.name,
    );
  await until(findClaim, (names) => !names.includes('postgres-data'));
  await restore();
  await stack.mustRun('up', '--yes');
  expect(await rows()).toEqual(['before', 'archived', 'second life']);
}, 900_000);
