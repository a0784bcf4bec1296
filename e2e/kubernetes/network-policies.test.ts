import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ClusterApi } from '../../infra/targets/kubernetes/api.ts';
import { selectorLabels } from '../../infra/targets/kubernetes/naming.ts';
import { until } from '../until.ts';
import { openClusterStack, type ClusterStack } from './cluster-stack.ts';
import { startProbe, type Probe } from './probe-pod.ts';
import { testImages } from './test-images.ts';

/** Pods that are labelled as each component is, with a shell in them; `stranger` is any other pod of the namespace. */
const ROLES = ['app', 'migrate', 'backup', 'postgres', 'redis', 'pgbouncer', 'stranger'] as const;
type Role = (typeof ROLES)[number];

const TARGETS = { postgres: 5432, redis: 6379, app: 3001, 'app-admin': 3002 } as const;
type Target = keyof typeof TARGETS;

/** Everything that may connect inside an environment with backups whose bouncers are sidecars. */
const ALLOWED: Readonly<Record<Role, readonly Target[]>> = { app: ['postgres', 'redis'], migrate: ['postgres'], backup: ['postgres'], postgres: [], redis: [], pgbouncer: [], stranger: [] };

let one: ClusterStack;
let other: ClusterStack;
let outside: Probe;
let monitoring: Probe;
const addresses: Record<string, string> = {};

beforeAll(async () => {
  [one, other] = [await openClusterStack('one', { postgres: { protect: true }, backup: { storageGiB: 1 } }), await openClusterStack('other', { app: { replicas: 1 } })];
  for (const stack of [one, other]) await stack.mustRun('up', '--yes');
  for (const stack of [one, other]) {
    for (const { metadata, spec } of (await stack.api.core.listNamespacedService({ namespace: stack.api.namespace })).items) addresses[`${stack.name} ${metadata?.name ?? ''}`] = spec?.clusterIP ?? '';
    await startRoles(stack.api, stack.name);
  }
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
        metadata: { name: `as-${role}`, labels: role === 'stranger' ? {} : selectorLabels(environment, role) },
        spec: {
          terminationGracePeriodSeconds: 0,
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [{ name: 'shell', image: testImages().app, args: ['-e', 'setInterval(() => undefined, 60_000)'], securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
        },
      },
    });
  }
  for (const role of ROLES) await until(async () => (await core.readNamespacedPod({ namespace, name: `as-${role}` })).status?.phase, (phase) => phase === 'Running');
}

/** By address, not by name: whether names are resolved is another matter. */
async function canConnect(stack: ClusterStack, role: Role, host: string, port: number): Promise<boolean> {
  const outcome = await stack.api.run({ pod: `as-${role}`, container: 'shell' }, ['bash', '-c', `timeout 2 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo yes || echo no`]);
  return outcome.trim() === 'yes';
}

const addressOf = (stack: ClusterStack, target: Target): string => addresses[`${stack.name} ${target}`] ?? '';

test.each(ROLES)('inside an environment %s reaches what it needs and nothing else', async (role) => {
  const reached: Record<string, boolean> = {};
  for (const [target, port] of Object.entries(TARGETS) as [Target, number][]) reached[target] = await canConnect(one, role, addressOf(one, target), port);
  const expected = Object.fromEntries(Object.keys(TARGETS).map((target) => [target, ALLOWED[role].includes(target as Target)]));
  expect(reached).toEqual(expected);
}, 120_000);

test.each(ROLES)('from one environment %s reaches nothing of the other', async (role) => {
  for (const [target, port] of Object.entries(TARGETS) as [Target, number][]) {
    expect({ role, target, isReached: await canConnect(one, role, addressOf(other, target), port) }).toEqual({ role, target, isReached: false });
    expect({ role, target, isReached: await canConnect(other, role, addressOf(one, target), port) }).toEqual({ role, target, isReached: false });
  }
}, 180_000);

test('nothing of an environment reaches the API server', async () => {
  const [server] = (await one.api.core.listNamespacedService({ namespace: 'default' })).items.filter(({ metadata }) => metadata?.name === 'kubernetes');
  for (const role of ROLES) expect({ role, isReached: await canConnect(one, role, server?.spec?.clusterIP ?? '', 443) }).toEqual({ role, isReached: false });
}, 120_000);

test('from outside the API alone can be reached, and the admin routes from a namespace that is labelled for them', async () => {
  const from = async (probe: Probe) => Object.fromEntries(await Promise.all((Object.entries(TARGETS) as [Target, number][]).map(async ([target, port]) => [target, await probe.canConnect(addressOf(one, target), port)] as const)));
  expect(await from(outside)).toEqual({ postgres: false, redis: false, app: true, 'app-admin': false });
  expect(await from(monitoring)).toEqual({ postgres: false, redis: false, app: true, 'app-admin': true });
  expect(await monitoring.canConnect(addressOf(other, 'app-admin'), 3002)).toBe(false);
}, 60_000);
