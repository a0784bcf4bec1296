import { expect, test } from '@jest/globals';
import { renderFaults } from './fault.ts';
import { checkSettings } from './check-settings.ts';
import { REQUIRED, refusalOf } from '../testing/refusal.ts';

test('an empty map gets the standard values and is accepted', () => {
  expect(refusalOf({})).toEqual([]);
  const { settings } = checkSettings(REQUIRED, 'dev');
  expect(settings.app).toMatchObject({
    replicas: 1,
    maxReplicas: 1,
    maxSurge: 0,
    poolMax: 5,
    port: 3001,
    adminPort: 3001,
  });
  expect(settings.pooler).toMatchObject({
    enabled: true,
    placement: 'shared',
    poolSize: 25,
    publishPort: 'off',
  });
  expect(settings.postgres.protect).toBe(true);
});

test('on Kubernetes a sidecar is the standard and a rollout may surge by one', () => {
  const { settings } = checkSettings(
    { ...REQUIRED, target: 'kubernetes', app: { replicas: 2 } },
    'prod',
  );
  expect(settings.pooler.placement).toBe('sidecar');
  expect(settings.app).toMatchObject({ maxReplicas: 2, maxSurge: 1 });
});

test('a stack name that could not be part of a container name', () => {
  expect(refusalOf({}, 'Dev_1')).toEqual([expect.stringMatching(/^stack name: Choose another/)]);
});

test('faults of every kind are told at once: spelling, type, sums and timeouts', () => {
  const keys = refusalOf({
    app: { poolMax: 200, poolMaxx: 1, drainSeconds: 3 },
    pooler: { minPoolSize: '5', settings: { max_clients: 3 } },
  }).map((line) => line.split(':')[0]);
  expect(keys).toEqual([
    'app.poolMaxx',
    'pooler.minPoolSize',
    'app.poolMax',
    'app.drainSeconds',
    'pooler.settings.max_clients',
  ]);
});

test('a key whose default depends on others is refused with its range too', () => {
  expect(checkSettings({ ...REQUIRED, app: { maxReplicas: 0 } }, 'dev').faults).toMatchObject([
    { key: 'app.maxReplicas', allowed: 'an integer from 1 to 100' },
  ]);
});

test('the value of an unknown key is not shown: it may be a misspelt secret', () => {
  expect(
    renderFaults(checkSettings({ ...REQUIRED, rootSecert: 'a-plain-secret' }, 'dev').faults),
  ).not.toContain('a-plain-secret');
});

test('a refusal shows what it got and what is allowed', () => {
  expect(
    renderFaults(checkSettings({ ...REQUIRED, pooler: { poolSize: '25' } }, 'dev').faults),
  ).toBe(
    'The settings were refused:\n  - pooler.poolSize: got "25"; allowed: an integer from 1 to ' +
      '10000. Remove the quotes: 25.',
  );
});

test('the admin routes may have a port of their own', () => {
  expect(refusalOf({ app: { adminPort: 4000 } })).toEqual([]);
  expect(
    checkSettings({ ...REQUIRED, app: { adminPort: 4000 } }, 'dev').settings.app,
  ).toMatchObject({
    port: 3001,
    adminPort: 4000,
  });
});

test('without protection fsync may be off and the pooler may be published', () => {
  expect(
    refusalOf({
      postgres: { protect: false, settings: { fsync: false } },
      pooler: { publishPort: 6432 },
    }),
  ).toEqual([]);
});

test('a missing map of a faulty required key is no reason to give up', () => {
  expect(
    refusalOf({
      target: 'kubernetes',
      pooler: { poolSize: 10 },
      kubernetes: { ingress: { host: 'Not A Host' } },
    }),
  ).toEqual([expect.stringMatching(/^kubernetes.ingress.host: /)]);
});
