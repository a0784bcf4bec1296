import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { selectorLabels } from '../../infra/plan/kubernetes-names.ts';
import { until } from '../until.ts';
import { openClusterStack, type ClusterStack, podName, readyPods } from './cluster-stack.ts';
import { type OutsideServer, startOutsideServer } from './outside-server.ts';
import { testImages } from './test-images.ts';

/** What the small environment of the tests says of a server of ours. */
const NOT_OURS = { memoryMiB: undefined, storageGiB: undefined };

let stack: ClusterStack;
let server: OutsideServer;

beforeAll(async () => {
  stack = await openClusterStack('external');
  server = await startOutsideServer(stack.name);
  await stack.pulumi('config', 'set', '--secret', 'postgresAdminPassword', server.password);
}, 300_000);
afterAll(async () => {
  await stack.close();
  await server.close();
}, 300_000);

function configure(
  external: Readonly<Record<string, unknown>> = {},
  others: Readonly<Record<string, unknown>> = {},
): void {
  const { host, address, authority } = server;
  stack.configure({
    images: { ...testImages(), postgres: undefined },
    postgres: {
      ...NOT_OURS,
      external: { host, caCertificate: authority, cidr: `${address}/32`, ...external },
    },
    ...others,
  });
}

/** Writes a row through the API, from inside a pod of the app. */
async function post(userId: string): Promise<number> {
  const [pod] = await readyPods(stack.api, 'app');
  if (pod === undefined) throw new Error('no pod of the app is ready');
  const script =
    `fetch('http://127.0.0.1:3001/api/presence', { method: 'POST', headers: { ` +
    `'content-type': 'application/json' }, body: JSON.stringify({ userId: ` +
    `'${userId}', guildId: '200000000000000001', status: 'online' }) }).then(({ ` +
    'status }) => console.log(status))';
  return Number(
    await stack.api.run({ pod: podName(pod), container: 'app' }, ['/app/node', '-e', script]),
  );
}

const rows = async (): Promise<string[]> =>
  (await server.ask('SELECT user_id FROM presence_event ORDER BY 1', 'spywatcher')).split('\n');

test('up fails with the reason for a server whose certificate names another host', async () => {
  configure({ host: server.otherHost });
  const { exitCode, stdout, stderr } = await stack.run('up', '--yes');
  expect(exitCode).toBe(1);
  expect(stdout + stderr).toContain(
    `The Postgres server at ${server.otherHost}, port 5432, does not prove who it is:`,
  );
  expect(stdout + stderr).toContain('Give postgres.external.host as the certificate names it.');
  expect(await server.ask(`SELECT count(*) FROM pg_roles WHERE rolname LIKE 'spywatcher%'`)).toBe(
    '0',
  );
}, 600_000);

test('every pod is ready, and every session at the server outside is by TLS', async () => {
  configure();
  const text = await stack.mustRun('up', '--yes');
  expect(text).toContain('2 of 2 pods of the app are ready, through PgBouncer');
  expect(text).toContain('SHOW CONFIG equals the plan in 2 bouncers');
  expect(await post('100000000000000001')).toBe(201);
  expect(await rows()).toEqual(['100000000000000001']);
  // The monitoring connects when it first looks.
  const sessions = await until(
    () =>
      server.ask(
        'SELECT DISTINCT usename, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING ' +
          `(pid) WHERE usename LIKE 'spywatcher%' ORDER BY 1, 2`,
      ),
    (found) => found.includes('spywatcher_monitor'),
  );
  expect(sessions.split('\n')).toEqual(['spywatcher|t', 'spywatcher_monitor|t']);
}, 600_000);

test('of a Postgres of ours there is nothing: no pod, no claim, no Service', async () => {
  const { core, namespace } = stack.api;
  const lists = [
    core.listNamespacedPod({ namespace }),
    core.listNamespacedPersistentVolumeClaim({ namespace }),
    core.listNamespacedService({ namespace }),
  ];
  const names = (await Promise.all(lists)).flatMap(({ items }) =>
    items.map(({ metadata }) => metadata?.name ?? ''),
  );
  expect(names).toContain('redis');
  expect(names.filter((name) => name.includes('postgres'))).toEqual([]);
}, 60_000);

test.each([
  ['app', true],
  ['migrate', true],
  ['redis', false],
] as const)(
  '%s reaches the server outside: %s',
  async (component, isAllowed) => {
    const { core, namespace } = stack.api;
    const name = `as-${component}`;
    await core.createNamespacedPod({
      namespace,
      body: {
        metadata: { name, labels: selectorLabels(stack.name, component) },
        spec: {
          terminationGracePeriodSeconds: 0,
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10_001,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'shell',
              image: testImages().app,
              args: ['-e', 'setInterval(() => undefined, 60_000)'],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    });
    await until(
      async () => (await core.readNamespacedPod({ namespace, name })).status?.phase,
      (phase) => phase === 'Running',
    );
    const reach =
      `timeout 2 bash -c '</dev/tcp/${server.address}/5432' 2>/dev/null && echo yes ` +
      '|| echo no';
    expect(
      (await stack.api.run({ pod: name, container: 'shell' }, ['bash', '-c', reach])).trim(),
    ).toBe(isAllowed ? 'yes' : 'no');
    await core.deleteNamespacedPod({ namespace, name });
  },
  60_000,
);

test('another authority beside the first one reaches every bouncer', async () => {
  configure({ caCertificate: server.authority + server.otherAuthority });
  expect(await stack.mustRun('preview')).toMatch(/^\+server_tls_ca_file = \S+\s+; reload$/m);
  expect(await stack.mustRun('up', '--yes')).toContain('SHOW CONFIG equals the plan in 2 bouncers');
  expect(await post('100000000000000002')).toBe(201);
}, 600_000);

test('a shared PgBouncer goes out by the same way, without a range of addresses too', async () => {
  configure({ cidr: undefined }, { pooler: { placement: 'shared' } });
  expect(await stack.mustRun('up', '--yes')).toContain('SHOW CONFIG equals the plan in 2 bouncers');
  expect(await readyPods(stack.api, 'pgbouncer')).toHaveLength(2);
  expect(await post('100000000000000003')).toBe(201);
}, 600_000);

test('down leaves the rows', async () => {
  await stack.mustRun('down', '--yes');
  expect(await rows()).toEqual(['100000000000000001', '100000000000000002', '100000000000000003']);
}, 300_000);
