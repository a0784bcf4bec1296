import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  AutoscalingV2Api,
  NetworkingV1Api,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { consoleCommand } from '../../infra/running/console.ts';
import { until } from '../until.ts';
import { openClusterStack, type ClusterStack, podName, readyPods } from './cluster-stack.ts';
import { startProbe, type Probe } from './probe-pod.ts';

/**
 * What holds data is protected, the autoscaler has room for one more pod, and there is a way in
 * from outside.
 */
const SETTINGS = {
  kubernetes: { ingress: { host: 'api.example', className: 'any' } },
  app: { maxReplicas: 3 },
  postgres: { protect: true },
  redis: { protect: true },
  backup: { storageGiB: 1 },
};

let stack: ClusterStack;
let probe: Probe;

beforeAll(async () => {
  stack = await openClusterStack('life', SETTINGS);
  probe = await startProbe(stack.name, { monitors: stack.name });
}, 300_000);
afterAll(async () => {
  await probe.close();
  await stack.close();
}, 300_000);

test('up ends 0 with every pod of the app ready through its own bouncer', async () => {
  const text = await stack.mustRun('up', '--yes');
  expect(text).toContain(`${stack.name} is up:`);
  expect(text).toContain('2 of 2 pods of the app are ready, through PgBouncer');
  expect(text).toContain('SHOW CONFIG equals the plan in 2 bouncers');
}, 900_000);

test('the API answers through its Service; admin routes are on their own port alone', async () => {
  expect(await probe.get(`http://app.${stack.api.namespace}:3001/readyz`)).toMatchObject({
    status: 200,
  });
  expect(
    await probe.get(
      `http://app.${stack.api.namespace}:3001/api/admin/monitoring/connections/health`,
    ),
  ).toMatchObject({ status: 404 });
  const { adminToken } = stack.credentials();
  expect(
    await probe.get(
      `http://app-admin.${stack.api.namespace}:3002/api/admin/monitoring/connections/health`,
      adminToken,
    ),
  ).toMatchObject({ status: 200, body: expect.stringContaining('"healthy":true') as unknown });
  expect(
    await probe.get(
      `http://app-admin.${stack.api.namespace}:3002/api/admin/monitoring/connections/health`,
    ),
  ).toMatchObject({ status: 401 });
}, 60_000);

test('the way in from outside leads to the API alone', async () => {
  const { stdout } = await stack.pulumi('stack', 'output', 'appUrl');
  expect(stdout.trim()).toBe('http://api.example');
  const networking = stack.api.config.makeApiClient(NetworkingV1Api);
  const { items } = await networking.listNamespacedIngress({ namespace: stack.api.namespace });
  const services = items
    .flatMap(({ spec }) => spec?.rules ?? [])
    .flatMap(({ http }) => http?.paths ?? [])
    .map(({ backend }) => backend.service);
  expect(services).toEqual([{ name: 'app', port: { name: 'http' } }]);
}, 60_000);

test('a second up changes nothing, and a plain pulumi preview agrees', async () => {
  expect(await stack.mustRun('up', '--yes')).toMatch(/Resources:\n +\d+ unchanged\n/);
  const { exitCode, stdout } = await stack.pulumi('preview', '--expect-no-changes');
  expect({ exitCode, changes: /\d+ to (create|update|replace|delete)/.exec(stdout)?.[0] }).toEqual({
    exitCode: 0,
    changes: undefined,
  });
}, 600_000);

test('what the autoscaler has decided stays when up runs again', async () => {
  const { apps, namespace } = stack.api;
  const autoscaling = stack.api.config.makeApiClient(AutoscalingV2Api);
  const atLeast = (minReplicas: number) =>
    autoscaling.patchNamespacedHorizontalPodAutoscaler(
      { name: 'app', namespace, body: { spec: { minReplicas } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  await atLeast(3);
  await until(
    async () => (await readyPods(stack.api, 'app')).length,
    (count) => count === 3,
  );
  expect(await stack.mustRun('up', '--yes')).toMatch(/Resources:\n +\d+ unchanged\n/);
  expect(
    (await apps.readNamespacedDeploymentScale({ name: 'app', namespace })).spec?.replicas,
  ).toBe(3);
  await atLeast(2);
}, 300_000);

test('no secret is printed, in a ConfigMap, or in the environment of a pod', async () => {
  const { core, namespace } = stack.api;
  const shown = JSON.stringify([
    (await core.listNamespacedConfigMap({ namespace })).items,
    (await core.listNamespacedPod({ namespace })).items,
    stack.printed,
  ]);
  const { app, owner, superuser, monitor, poolerAdmin, redisPassword, adminToken } =
    stack.credentials();
  for (const secret of [
    stack.rootSecret,
    app.password,
    owner.password,
    superuser.password,
    monitor.password,
    poolerAdmin.password,
    redisPassword,
    adminToken,
  ])
    expect(shown).not.toContain(secret);
}, 60_000);

/**
 * Asks the console in for the user whom PgBouncer lets in without a password when it is the
 * process's own, and shows the type of the answer.
 */
const ASK_IN = `
  const wanted = Buffer.from('user\\0pgbouncer\\0database\\0pgbouncer\\0\\0');
  const socket = require('node:net').connect('/run/pgbouncer/.s.PGSQL.6432');
  socket.write(Buffer.concat([Buffer.from([0, 0, 0, 8 + wanted.length, 0, 3, 0, 0]), wanted]));
  socket.once('data', (answer) => {
    console.log(answer.subarray(0, 1) + answer.readInt32BE(5));
    process.exit();
  });`;

test('the app is another Unix user than its bouncer, whose console wants a password', async () => {
  const [pod = {}] = await readyPods(stack.api, 'app');
  expect(
    await stack.api.run(
      { pod: podName(pod), container: 'pgbouncer' },
      consoleCommand('SHOW VERSION'),
    ),
  ).toContain('PgBouncer');
  // A request for SCRAM; R0 would be a welcome.
  expect(
    (
      await stack.api.run({ pod: podName(pod), container: 'app' }, ['/app/node', '-e', ASK_IN])
    ).trim(),
  ).toBe('R10');
}, 60_000);

test('a reloadable setting reaches every bouncer; no pod or container is replaced', async () => {
  const before = await readyPods(stack.api, 'app');
  stack.configure({ ...SETTINGS, pooler: { poolSize: 4, settings: { server_lifetime: 1800 } } });
  expect(await stack.mustRun('up', '--yes')).toMatch(
    /SHOW CONFIG equals the plan in [23] bouncers/,
  );
  const after = await readyPods(stack.api, 'app');
  const identities = (pods: typeof before) =>
    pods
      .map((pod) =>
        [
          podName(pod),
          ...(pod.status?.initContainerStatuses ?? []),
          ...(pod.status?.containerStatuses ?? []),
        ]
          .map((part) => (typeof part === 'string' ? part : `${part.name} ${part.restartCount}`))
          .join(' '),
      )
      .sort();
  // The autoscaler may take its third pod away meanwhile.
  expect(after.length).toBeGreaterThanOrEqual(2);
  expect(identities(before)).toEqual(expect.arrayContaining(identities(after)));
}, 600_000);

test('after a rotation the app is ready and both admin tokens open the routes', async () => {
  const rotated = { ...SETTINGS, credentialsVersion: 2 };
  stack.configure(rotated);
  await stack.mustRun('up', '--yes');
  expect(await stack.mustRun('up', '--yes')).toMatch(/Resources:\n +\d+ unchanged\n/);
  const [before, after] = [stack.credentials(1), stack.credentials(2)];
  await expect(stack.psqlAs(before.superuser.password, 'select 1')).rejects.toThrow(
    'password authentication failed',
  );
  expect(await stack.psqlAs(after.superuser.password, 'select 1')).toBe('1');
  expect(await probe.get(`http://app.${stack.api.namespace}:3001/readyz`)).toMatchObject({
    status: 200,
  });
  for (const { adminToken } of [before, after])
    expect(
      await probe.get(
        `http://app-admin.${stack.api.namespace}:3002/api/admin/monitoring/connections/pool`,
        adminToken,
      ),
    ).toMatchObject({ status: 200 });
}, 600_000);

test('without the pooler the app goes straight to Postgres, and back', async () => {
  stack.configure({ ...SETTINGS, credentialsVersion: 2, pooler: { enabled: false } });
  expect(await stack.mustRun('up', '--yes')).toContain('straight against Postgres');
  expect(await probe.get(`http://app.${stack.api.namespace}:3001/readyz`)).toMatchObject({
    status: 200,
  });
  stack.configure({ ...SETTINGS, credentialsVersion: 2 });
  expect(await stack.mustRun('up', '--yes')).toContain('through PgBouncer');
}, 900_000);

test('a shared tier knows new users and a larger limit before the app uses them', async () => {
  const shared = { ...SETTINGS, credentialsVersion: 2, pooler: { placement: 'shared' } };
  stack.configure(shared);
  expect(await stack.mustRun('up', '--yes')).toContain('SHOW CONFIG equals the plan in 2 bouncers');
  stack.configure({
    ...shared,
    credentialsVersion: 3,
    pooler: { ...shared.pooler, maxClientConn: 400 },
    app: { ...SETTINGS.app, poolMax: 40 },
  });
  expect(await stack.mustRun('up', '--yes')).toContain('SHOW CONFIG equals the plan in 2 bouncers');
  expect(await probe.get(`http://app.${stack.api.namespace}:3001/readyz`)).toMatchObject({
    status: 200,
  });
  expect(await stack.mustRun('up', '--yes')).toMatch(/Resources:\n +\d+ unchanged\n/);
}, 900_000);

test('down keeps protected claims, and the next up finds the rows again', async () => {
  await stack.psql(
    "insert into presence_event (user_id, guild_id, status, at) values ('7', '7', 'online', now())",
  );
  await stack.mustRun('down', '--yes');
  const { core, apps, namespace } = stack.api;
  expect((await apps.listNamespacedDeployment({ namespace })).items).toEqual([]);
  expect((await apps.listNamespacedStatefulSet({ namespace })).items).toEqual([]);
  expect(
    (await core.listNamespacedPersistentVolumeClaim({ namespace })).items
      .map(({ metadata }) => metadata?.name)
      .sort(),
  ).toEqual(['postgres-backup', 'postgres-data', 'redis-data']);
  await stack.mustRun('up', '--yes');
  expect(await stack.psql("select count(*) from presence_event where user_id = '7'")).toBe('1');
}, 1_200_000);
