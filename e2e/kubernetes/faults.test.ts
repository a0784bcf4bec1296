import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../until.ts';
import { type ClusterLoad, startClusterLoad } from './cluster-load.ts';
import { openClusterStack, type ClusterStack, podName, readyPods } from './cluster-stack.ts';
import { expectStored } from './expect-stored.ts';
import { startProbe, type Probe } from './probe-pod.ts';

/** How Postgres tells that it has ended a session, or takes none yet. */
const SESSION_ENDED = [
  'in recovery mode',
  'starting up',
  'Connection refused',
  'closed the connection',
  'terminating connection',
];

let stack: ClusterStack;
let load: ClusterLoad;
let probe: Probe;

beforeAll(async () => {
  stack = await openClusterStack('faults');
  await stack.mustRun('up', '--yes');
  probe = await startProbe(stack.name);
  load = await startClusterLoad(stack.name, `http://app.${stack.api.namespace}:3001`);
}, 900_000);
afterAll(async () => {
  await load.close();
  await probe.close();
  await stack.close();
}, 300_000);

/**
 * Every request is answered within this, and a caller needs a moment to hear it
 * (app.requestTimeoutSeconds).
 */
const DEADLINE_MS = 15_000 + 2_000;

test('Postgres deleted under load: no request hangs, no write is lost', async () => {
  await sleep(5_000);
  const before = await load.read();
  await stack.api.core.deleteNamespacedPod({ namespace: stack.api.namespace, name: 'postgres-0' });
  await until(
    async () => (await readyPods(stack.api, 'postgres')).length,
    (count) => count === 0,
  );
  await until(
    async () => (await readyPods(stack.api, 'postgres')).length,
    (count) => count === 1,
  );
  const readyAtMs = Date.now();
  await until(
    async () => {
      const [first, , second] = [await load.read(), await sleep(1_000), await load.read()];
      return { sent: second.requests - first.requests, failed: second.failed - first.failed };
    },
    ({ sent, failed }) => sent > 50 && failed === 0,
  );
  const servingAfterMs = Date.now() - readyAtMs;
  await sleep(10_000);
  const total = await load.stop();
  process.stderr.write(
    `Postgres deleted: ${total.requests - before.requests} requests, ` +
      `${total.failed - before.failed} refused meanwhile, slowest ` +
      `${Math.round(total.slowestMs)} ms, serving ${servingAfterMs} ms after it was ` +
      `ready\n`,
  );
  expect(before.failed).toBe(0);
  expect(total.slowestMs).toBeLessThan(DEADLINE_MS);
  // Refused in the app's own words, never cut off.
  expect(total.failures.filter((failure) => !failure.includes(': 503 '))).toEqual([]);
  await expectStored(stack, total);
  // The second of the look itself is in it.
  expect(servingAfterMs).toBeLessThan(5_000 + 1_000);
}, 600_000);

/** Something that goes wrong, what `up` says of it, and the way back. */
interface Trouble {
  readonly title: string;
  readonly make: () => Promise<unknown>;
  readonly says: readonly RegExp[];
  readonly mend: () => Promise<unknown>;
}

/** Another deadline is part of what the preparation sets, so that it runs. */
const otherPreparation = (requestTimeoutSeconds: number) =>
  stack.configure({ app: { requestTimeoutSeconds } });
const rotated = { credentialsVersion: 2 };
const UNFINISHED =
  'insert into _prisma_migrations (id, checksum, migration_name, started_at) ' +
  "values ('x', 'x', '20990101000000_unfinished', now())";

const TROUBLES: readonly Trouble[] = [
  {
    title: 'an image that cannot be pulled',
    make: () =>
      Promise.resolve(stack.configure({ images: { pgbouncer: 'registry.invalid/pgbouncer:1' } })),
    says: [/app-\S+ is Pending:/, /registry\.invalid\/pgbouncer:1/, /ImagePull/],
    mend: () => Promise.resolve(stack.configure()),
  },
  {
    title: 'an image of Redis that cannot be pulled',
    make: () => Promise.resolve(stack.configure({ images: { redis: 'registry.invalid/redis:1' } })),
    says: [/redis-0 is Pending:/, /registry\.invalid\/redis:1/, /ImagePull/],
    mend: () => Promise.resolve(stack.configure()),
  },
  {
    title: 'a migration that fails',
    make: async () => {
      await stack.psql(UNFINISHED);
      otherPreparation(16);
    },
    says: [/migrate-\S+ is Failed:/, /20990101000000_unfinished/],
    mend: () => stack.psql("delete from _prisma_migrations where id = 'x'"),
  },
  {
    title: 'a wrong secret',
    make: async () => {
      await stack.psql("alter role postgres password 'changed by hand'");
      otherPreparation(17);
    },
    says: [
      /migrate-\S+ is Failed:/,
      /accepts none of the \d+ password\(s\) known for the role postgres/,
    ],
    mend: () =>
      stack.psqlAs(
        'changed by hand',
        `alter role postgres password '${stack.credentials().superuser.password}'`,
      ),
  },
  {
    title: 'a rotation of the credentials beside an image that cannot be pulled',
    make: () =>
      Promise.resolve(
        stack.configure({ ...rotated, images: { pgbouncer: 'registry.invalid/pgbouncer:1' } }),
      ),
    says: [/app-\S+ is Pending:/, /registry\.invalid\/pgbouncer:1/, /ImagePull/],
    mend: () => Promise.resolve(stack.configure(rotated)),
  },
];

test.each(TROUBLES)(
  '$title: up fails and says why, and the old version serves on; then the next up mends it',
  async ({ make, says, mend }) => {
    const before = (await readyPods(stack.api, 'app')).map(podName).sort();
    await make();
    const { exitCode, stdout, stderr } = await stack.run('up', '--yes');
    expect(exitCode).toBe(1);
    for (const words of says) expect(`${stdout}${stderr}`).toMatch(words);
    expect((await readyPods(stack.api, 'app')).map(podName).sort()).toEqual(before);
    expect(await probe.get(`http://app.${stack.api.namespace}:3001/readyz`)).toMatchObject({
      status: 200,
    });
    await mend();
    await stack.mustRun('up', '--yes');
  },
  900_000,
);

/**
 * Writes until nothing more fits, then has Postgres use up the room that it has set aside for its
 * log.
 */
async function fillClaim(): Promise<void> {
  const inPostgres = (script: string) =>
    stack.api.run({ pod: 'postgres-0', container: 'postgres' }, ['sh', '-c', script]);
  await inPostgres(
    'dd if=/dev/zero of=/var/lib/postgresql/data/everything-else bs=1M 2>/dev/null || true; sync',
  );
  for (let tries = 0; tries < 100; tries += 1) {
    const outcome = await stack
      .psql("select pg_logical_emit_message(true, 'filler', repeat('x', 1000000)), pg_switch_wal()")
      .catch((error: unknown) => error);
    // It ends every session when it cannot write its log.
    if (outcome instanceof Error && SESSION_ENDED.some((text) => outcome.message.includes(text)))
      return;
  }
  throw new Error('Postgres goes on although its claim is full');
}

// The last one: nothing here makes room again.
test('a full claim fails up with the reason and replaces no pod of the app', async () => {
  const names = async () => (await stack.api.pods('app')).map(podName).sort();
  const before = await names();
  await fillClaim();
  stack.configure({ ...rotated, app: { requestTimeoutSeconds: 18 } });
  const { exitCode, stdout, stderr } = await stack.run('up', '--yes');
  expect(exitCode).toBe(1);
  expect(`${stdout}${stderr}`).toMatch(/postgres-0 is [^]*No space left on device/);
  expect(await names()).toEqual(before);
}, 900_000);
