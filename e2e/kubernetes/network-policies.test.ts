import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ClusterApi } from '../../infra/running/cluster-api.ts';
import { selectorLabels } from '../../infra/plan/kubernetes-names.ts';
import { until } from '../until.ts';
import { openClusterStack, type ClusterStack } from './cluster-stack.ts';
import { startProbe, type Probe } from './probe-pod.ts';
import { testImages } from './test-images.ts';

/**
 * Pods that are labelled as each component is, with a shell in them; `stranger` is any other pod of
 * the namespace.
 */
const ROLES = ['app', 'migrate', 'backup', 'postgres', 'redis', 'pgbouncer', 'stranger'] as const;
type Role = (typeof ROLES)[number];

/** Services of an environment; that of the names is the cluster's. */
const TARGETS = {
  postgres: 5432,
  redis: 6379,
  app: 3001,
  'app-admin': 3002,
  pgbouncer: 6432,
  names: 53,
} as const;
type Target = keyof typeof TARGETS;
const OWN = [
  'postgres',
  'redis',
  'app',
  'app-admin',
  'pgbouncer',
] as const satisfies readonly Target[];

/**
 * Everything that may connect: inside an environment with backups whose bouncers are sidecars, and
 * inside one without whose bouncers are a tier.
 */
const ALLOWED: Readonly<Record<'sidecar' | 'shared', Readonly<Record<Role, readonly Target[]>>>> = {
  sidecar: {
    app: ['postgres', 'redis', 'names'],
    migrate: ['postgres', 'names'],
    backup: ['postgres', 'names'],
    postgres: [],
    redis: [],
    pgbouncer: [],
    stranger: [],
  },
  shared: {
    app: ['postgres', 'redis', 'pgbouncer', 'names'],
    migrate: ['postgres', 'names'],
    backup: [],
    postgres: [],
    redis: [],
    pgbouncer: ['postgres', 'names'],
    stranger: [],
  },
};

let one: ClusterStack;
let other: ClusterStack;
let names: string;
let outside: Probe;
let monitoring: Probe;
const addresses: Record<string, string> = {};

beforeAll(async () => {
  [one, other] = [
    await openClusterStack('one', { postgres: { protect: true }, backup: { storageGiB: 1 } }),
    await openClusterStack('other', { app: { replicas: 1 }, pooler: { placement: 'shared' } }),
  ];
  for (const stack of [one, other]) await stack.mustRun('up', '--yes');
  for (const stack of [one, other]) {
    for (const { metadata, spec } of (
      await stack.api.core.listNamespacedService({ namespace: stack.api.namespace })
    ).items)
      addresses[`${stack.name} ${metadata?.name ?? ''}`] = spec?.clusterIP ?? '';
    await startRoles(stack.api, stack.name);
  }
  names =
    (await one.api.core.readNamespacedService({ namespace: 'kube-system', name: 'kube-dns' })).spec
      ?.clusterIP ?? '';
  outside = await startProbe(`${one.name}-outside`);
  monitoring = await startProbe(`${one.name}-monitoring`, { monitors: one.name });
}, 1_200_000);
afterAll(async () => {
  await Promise.all([outside.close(), monitoring.close(), one.close(), other.close()]);
}, 300_000);

async function startRoles({ core, namespace }: ClusterApi, environment: string): Promise<void> {
  for (const role of ROLES) {
    await core.createNamespacedPod({
      namespace,
      body: {
        metadata: {
          name: `as-${role}`,
          labels: role === 'stranger' ? {} : selectorLabels(environment, role),
        },
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
  }
  for (const role of ROLES)
    await until(
      async () => (await core.readNamespacedPod({ namespace, name: `as-${role}` })).status?.phase,
      (phase) => phase === 'Running',
    );
}

/** By address, not by name: whether names are resolved is another matter. */
async function canConnect(
  { stack, role }: { readonly stack: ClusterStack; readonly role: Role },
  host: string,
  port: number,
): Promise<boolean> {
  const outcome = await stack.api.run({ pod: `as-${role}`, container: 'shell' }, [
    'bash',
    '-c',
    `timeout 2 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo yes || echo no`,
  ]);
  return outcome.trim() === 'yes';
}

const addressOf = (stack: ClusterStack, target: Target): string =>
  target === 'names' ? names : (addresses[`${stack.name} ${target}`] ?? '');

test.each(
  ROLES.flatMap((role) => [
    { role, placement: 'sidecar' as const },
    { role, placement: 'shared' as const },
  ]),
)(
  'with the pooler as $placement, $role reaches what it needs and nothing else',
  async ({ role, placement }) => {
    const stack = placement === 'sidecar' ? one : other;
    const reached: Target[] = [];
    // Without a tier of bouncers there is no such address.
    const targets = (Object.keys(TARGETS) as Target[]).filter(
      (target) => addressOf(stack, target) !== '',
    );
    expect(targets.length).toBe(placement === 'sidecar' ? 5 : 6);
    for (const target of targets)
      if (await canConnect({ stack, role }, addressOf(stack, target), TARGETS[target]))
        reached.push(target);
    expect(reached.sort()).toEqual([...ALLOWED[placement][role]].sort());
  },
  120_000,
);

test.each(ROLES)(
  'from one environment %s reaches nothing of the other',
  async (role) => {
    for (const target of OWN) {
      expect({
        role,
        target,
        isReached: await canConnect(
          { stack: one, role },
          addressOf(other, target),
          TARGETS[target],
        ),
      }).toEqual({ role, target, isReached: false });
      if (target !== 'pgbouncer')
        expect({
          role,
          target,
          isReached: await canConnect(
            { stack: other, role },
            addressOf(one, target),
            TARGETS[target],
          ),
        }).toEqual({ role, target, isReached: false });
    }
  },
  180_000,
);

test('nothing of an environment reaches the API server', async () => {
  const [server] = (
    await one.api.core.listNamespacedService({ namespace: 'default' })
  ).items.filter(({ metadata }) => metadata?.name === 'kubernetes');
  for (const role of ROLES)
    expect({
      role,
      isReached: await canConnect({ stack: one, role }, server?.spec?.clusterIP ?? '', 443),
    }).toEqual({ role, isReached: false });
}, 120_000);

test('from outside only the API, and from a labelled namespace the admin routes', async () => {
  const from = async (probe: Probe, stack: ClusterStack) =>
    Object.fromEntries(
      await Promise.all(
        OWN.map(
          async (target) =>
            [target, await probe.canConnect(addressOf(stack, target), TARGETS[target])] as const,
        ),
      ),
    );
  const nothing = {
    postgres: false,
    redis: false,
    app: false,
    'app-admin': false,
    pgbouncer: false,
  };
  for (const stack of [one, other])
    expect(await from(outside, stack)).toEqual({ ...nothing, app: true });
  expect(await from(monitoring, one)).toEqual({ ...nothing, app: true, 'app-admin': true });
  expect(await monitoring.canConnect(addressOf(other, 'app-admin'), 3002)).toBe(false);
}, 60_000);
