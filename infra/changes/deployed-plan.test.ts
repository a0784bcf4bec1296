import { expect, test } from '@jest/globals';
import {
  deployedInstances,
  type DeployedPlan,
  describeDeployed,
  readDeployedPlan,
} from './deployed-plan.ts';
import { planEnvironment } from '../plan/plan.ts';
import { checkSettings } from '../settings/check-settings.ts';

const deployed = (raw: object = {}): DeployedPlan =>
  describeDeployed(
    planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, 'dev')),
  );
const asStored = (outputs: object) =>
  JSON.parse(JSON.stringify(outputs)) as Record<string, unknown>;
const without = (key: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(asStored(deployed())).filter(([name]) => name !== key));

test.each([
  ['on docker', {}],
  ['without a pooler', { pooler: { enabled: false } }],
  ['on kubernetes', { target: 'kubernetes', pooler: { poolSize: 5 } }],
  ['on a server of somebody else', { postgres: { external: { host: 'db.example.net' } } }],
])('what this version writes is read back: %s', (_where, raw) => {
  expect(
    readDeployedPlan({ ...asStored(deployed(raw)), environment: 'dev', adminToken: 'masked' }),
  ).toEqual(deployed(raw));
});

test('a stack without a plan in its outputs has nothing deployed', () => {
  expect(readDeployedPlan({})).toBe('nothing');
  expect(readDeployedPlan({ appUrl: 'http://127.0.0.1:3001' })).toBe('nothing');
});

test.each([
  'timeouts',
  'pgbouncerIni',
  'pgbouncerPort',
  'postgresSettings',
  'redisConf',
  'appUrl',
  'adminUrl',
])('outputs without %s are of another version', (key) => {
  expect(readDeployedPlan(without(key))).toBe('of another version');
});

test('the version of the credentials may be missing: it became an output later', () => {
  expect(readDeployedPlan(without('credentialsVersion'))).toEqual({
    ...deployed(),
    credentialsVersion: undefined,
  });
});

test('outputs without the number of app instances are read, and the planned one stands in', () => {
  const { instances, ...budget } = deployed().connectionBudget;
  const earlier = readDeployedPlan(asStored({ ...deployed(), connectionBudget: budget }));
  expect(instances).toBe(1);
  expect(earlier).toEqual({ ...deployed(), connectionBudget: budget });
  const planned = planEnvironment(
    checkSettings({ target: 'kubernetes', credentialsVersion: 1, pooler: { poolSize: 5 } }, 'dev'),
  );
  expect(planned.budget.instances).toBe(3);
  expect(deployedInstances(earlier as DeployedPlan, planned)).toBe(3);
  expect(deployedInstances(deployed(), planned)).toBe(1);
});

test.each<[string, object]>([
  [
    'a hop of another name',
    {
      connectionBudget: {
        bouncers: 1,
        hops: [{ ...deployed().connectionBudget.hops[0], name: 'clients' }],
      },
    },
  ],
  [
    'a hop without terms',
    {
      connectionBudget: {
        bouncers: 1,
        hops: [{ ...deployed().connectionBudget.hops[0], uses: undefined }],
      },
    },
  ],
  [
    'a grace that is missing',
    {
      timeouts: {
        ...deployed().timeouts,
        drain: { ...deployed().timeouts.drain, redisGraceSeconds: undefined },
      },
    },
  ],
  ['a file that is none', { pgbouncerIni: 'default_pool_size 25' }],
])('outputs with %s are of another version', (_what, change) => {
  expect(readDeployedPlan(asStored({ ...deployed(), ...change }))).toBe('of another version');
});
