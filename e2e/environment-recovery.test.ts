import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { docker, dockerOutput } from './docker.ts';
import { postPresence } from './environment/api-requests.ts';
import { readPreview } from './environment/preview-report.ts';
import { openTestStack, type TestStack } from './test-stack.ts';
import { until } from './until.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await openTestStack('recovery');
}, 120_000);

afterAll(() => stack.close(), 120_000);

const presenceOf = async (userId: string) =>
  (
    (await (await fetch(`${stack.appUrl}/api/presence/${userId}`)).json()) as {
      latest?: { status: string };
    }
  ).latest?.status;
const post = (userId: string, status: string): Promise<Response> =>
  postPresence(stack, userId, status);

/** Ends `up` without a chance to clean up, as soon as `reached` says so. */
async function killUpWhen(reached: () => Promise<boolean>): Promise<void> {
  const child = stack.start('up');
  const over = new Promise((resolve) => child.once('close', resolve));
  await until(reached, (isReached) => isReached, { timeoutMs: 300_000, everyMs: 50 });
  const engine = await pulumiBelow(child.pid ?? 0);
  process.kill(engine, 'SIGKILL');
  await over;
}

/** The process id of the `pulumi up` that a command of ours has started. */
async function pulumiBelow(parent: number): Promise<number> {
  const processes = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const [stat, command] = await Promise.all([
          readFile(`/proc/${pid}/stat`, 'utf8'),
          readFile(`/proc/${pid}/cmdline`, 'utf8'),
        ]).catch(() => ['', '']);
        return {
          pid: Number(pid),
          parent: Number(/\) \S (\d+)/.exec(stat)?.[1]),
          command: command.split('\0'),
        };
      }),
  );
  const isBelow = (pid: number): boolean =>
    pid === parent ||
    (pid > 1 && isBelow(processes.find((entry) => entry.pid === pid)?.parent ?? 0));
  const engine = processes.find(
    ({ pid, command }) =>
      command[0]?.endsWith('/pulumi') === true && command[1] === 'up' && isBelow(pid),
  );
  if (engine === undefined) throw new Error('no pulumi up is running');
  return engine.pid;
}

const exists = async (component: string): Promise<boolean> =>
  (await docker('inspect', stack.containerName(component))).exitCode === 0;

test('a first up that is killed half-way is brought to its end by the next one', async () => {
  await killUpWhen(() => exists('postgres'));
  const text = await stack.mustRun('up');
  expect(text).toContain('was interrupted');
  expect(text).toContain('the app is ready through PgBouncer');
  expect((await post('100000000000000001', 'online')).status).toBe(201);
}, 600_000);

test('an up that is killed while it replaces Postgres loses no row', async () => {
  stack.configure({ postgres: { settings: { work_mem: '5MB' } } });
  const before = await dockerOutput(
    'inspect',
    '--format',
    '{{.Id}}',
    stack.containerName('postgres'),
  );
  await killUpWhen(async () => (await docker('inspect', before)).exitCode !== 0);
  await stack.mustRun('up');
  expect(await presenceOf('100000000000000001')).toBe('online');
  expect(await stack.psqlDirect('show work_mem')).toBe('5MB');
}, 600_000);

test('a server that cannot start fails up in its own words until it is mended', async () => {
  stack.configure({ postgres: { settings: { work_mem: '5MB', log_timezone: 'Nowhere' } } });
  const { exitCode, stdout, stderr } = await stack.run('up');
  expect(exitCode).toBe(1);
  const text = `${stdout}${stderr}`;
  expect(text).toContain('postgres ends again and again:');
  expect(text).toContain('"log_timezone": "Nowhere"');

  stack.configure({ postgres: { settings: { work_mem: '5MB' } } });
  await stack.mustRun('up');
  expect(await presenceOf('100000000000000001')).toBe('online');
}, 600_000);

test('a failing preparation fails up in its own words, and runs again on the next up', async () => {
  await stack.psqlDirect(
    'insert into _prisma_migrations (id, checksum, migration_name, logs) values ' +
      `('x', 'x', '20990101000000_broken', 'ERROR: boom')`,
  );
  stack.configure({
    app: { requestTimeoutSeconds: 16 },
    postgres: { settings: { work_mem: '5MB' } },
  });
  const { exitCode, stdout, stderr } = await stack.run('up');
  expect(exitCode).toBe(1);
  expect(`${stdout}${stderr}`).toContain('20990101000000_broken');
  expect((await fetch(`${stack.appUrl}/readyz`)).status).toBe(200);

  const again = await stack.run('up');
  expect(again.exitCode).toBe(1);
  expect(`${again.stdout}${again.stderr}`).toContain('20990101000000_broken');

  await stack.psqlDirect(`delete from _prisma_migrations where id = 'x'`);
  await stack.mustRun('up');
  expect(
    await stack.psqlDirect(
      `select setconfig @> array['statement_timeout=8300ms'] from pg_db_role_setting ` +
        `join pg_roles on oid = setrole where rolname = 'spywatcher'`,
    ),
  ).toBe('t');
}, 600_000);

test('raising credentialsVersion rotates every password and ends the old ones', async () => {
  stack.configure({ credentialsVersion: 2, postgres: { settings: { work_mem: '5MB' } } });
  await stack.mustRun('up');
  expect(await presenceOf('100000000000000001')).toBe('online');
  expect((await post('100000000000000001', 'idle')).status).toBe(201);
  expect(await stack.psqlDirect('select 1', 2)).toBe('1');
  await expect(stack.psqlDirect('select 1', 1)).rejects.toThrow('password authentication failed');
}, 600_000);

test('credentials older than those deployed are refused by preview and by up', async () => {
  stack.configure({ credentialsVersion: 1, postgres: { settings: { work_mem: '5MB' } } });
  const before = await stack.containers();
  const { exitCode, report } = await readPreview(stack);
  expect([exitCode, report.refused?.map(({ key, got }) => [key, got])]).toEqual([
    2,
    [['credentialsVersion', '1, but 2 is deployed']],
  ]);
  const up = await stack.run('up');
  expect(up.exitCode).toBe(2);
  expect(up.stderr).toContain(
    'credentialsVersion: got 1, but 2 is deployed; allowed: 2 or more. Raise it to ' +
      '2, or to 3 for new passwords',
  );
  expect(await stack.containers()).toEqual(before);
}, 300_000);

test('protected data changes only by consent, and outlives down', async () => {
  stack.configure({ credentialsVersion: 2, postgres: { protect: true }, redis: { protect: true } });
  await stack.mustRun('up');
  for (const command of ['up', 'down'] as const) {
    const asked = await stack.run(command);
    expect(asked.exitCode).toBe(2);
    expect(asked.stderr).toContain('run it again with --yes');
  }
  expect((await stack.run('up')).stderr).toMatch(
    /^Resources\n {2}\d+ unchanged\n\nDowntime\n {2}none$/m,
  );
  await stack.mustRun('down', '--yes');
  expect(await stack.containers()).toEqual(new Map());
  const volumes = await dockerOutput(
    'volume',
    'ls',
    '--quiet',
    '--filter',
    `label=stack=${stack.name}`,
  );
  expect(volumes.split('\n').sort()).toEqual([
    stack.containerName('postgres-backup'),
    stack.containerName('postgres-data'),
    stack.containerName('redis-data'),
  ]);
  await stack.mustRun('up', '--yes');
  expect(await presenceOf('100000000000000001')).toBe('idle');
}, 600_000);
