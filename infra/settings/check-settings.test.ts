import { describe, expect, test } from '@jest/globals';
import { renderFaults } from './fault.ts';
import { planEnvironment } from '../plan/plan.ts';
import { EXAMPLE_AUTHORITY } from '../testing/example-authority.ts';
import { checkSettings } from './settings.ts';

type Raw = Readonly<Record<string, unknown>>;
const base = { target: 'docker', credentialsVersion: 1 };

/** All that is wrong with these settings, from the first reading to the finished plan, as `key: remedy`. */
function refusalOf(raw: Raw, environment = 'dev'): string[] {
  const checked = checkSettings({ ...base, ...raw }, environment);
  try {
    planEnvironment(checked);
    return [];
  } catch (error) {
    return (error as { faults: { key: string; remedy: string }[] }).faults.map(
      ({ key, remedy }) => `${key}: ${remedy}`,
    );
  }
}

test('an empty map gets the standard values and is accepted', () => {
  expect(refusalOf({})).toEqual([]);
  const { settings } = checkSettings(base, 'dev');
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
    { ...base, target: 'kubernetes', app: { replicas: 2 } },
    'prod',
  );
  expect(settings.pooler.placement).toBe('sidecar');
  expect(settings.app).toMatchObject({ maxReplicas: 2, maxSurge: 1 });
});

describe('each fault names the key and a way out', () => {
  test.each<[string, Raw, string[]]>([
    [
      'a pool beyond the client limit',
      { app: { poolMax: 200 } },
      ['app.poolMax: Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.'],
    ],
    ['a misspelt key', { app: { poolMaxx: 5 } }, ['app.poolMaxx: Did you mean app.poolMax?']],
    ['a misspelt group', { poler: {} }, ['poler: Did you mean pooler?']],
    [
      'a negative size',
      { pooler: { poolSize: -1 } },
      ['pooler.poolSize: Set a value in that range, or remove the key to get the default.'],
    ],
    [
      'a number in quotes',
      { pooler: { poolSize: '25' } },
      ['pooler.poolSize: Remove the quotes: 25.'],
    ],
    [
      'a text for a map',
      { app: 'small' },
      ['app: Set a value in that range, or remove the key to get the default.'],
    ],
    [
      'a missing required key',
      { credentialsVersion: undefined },
      ['credentialsVersion: Set it in the settings file of this stack.'],
    ],
    [
      'a newline in a pooler value',
      { pooler: { settings: { server_check_query: 'select 1\nselect 2' } } },
      [
        'pooler.settings.server_check_query: Put the value on one line, without tabs or other control characters.',
      ],
    ],
    [
      'a newline in a Postgres value',
      { postgres: { settings: { search_path: 'a\nb' } } },
      [
        'postgres.settings.search_path: Put the value on one line, without tabs or other control characters.',
      ],
    ],
    [
      'two app instances on one machine',
      { app: { replicas: 2 } },
      [
        'app.replicas: Leave it out, or set target to kubernetes.',
        'app.maxReplicas: Leave it out, or set target to kubernetes.',
      ],
    ],
    [
      'a published pooler beside protected data',
      { pooler: { publishPort: 6432 } },
      [
        'pooler.publishPort: Leave pooler.publishPort out: an environment whose data is protected publishes nothing but the app.',
      ],
    ],
    [
      'one port for two',
      { postgres: { protect: false }, pooler: { publishPort: 3001 } },
      ['pooler.publishPort: Choose another port than app.port 3001.'],
    ],
    [
      'the port of the admin listener for two',
      { postgres: { protect: false }, app: { adminPort: 4000 }, pooler: { publishPort: 4000 } },
      ['pooler.publishPort: Choose another port than app.adminPort 4000.'],
    ],
    [
      'an image without a version beside protected data',
      { images: { postgres: 'example/postgres:latest' } },
      ['images.postgres: Name the version: what is deployed must be what was tested.'],
    ],
    [
      'fsync off beside protected data',
      { postgres: { settings: { fsync: false } } },
      [
        'postgres.settings.fsync: Remove it: rows that were acknowledged could be lost, or damage could go unseen.',
      ],
    ],
    [
      'backups that would go with the data',
      { postgres: { protect: false }, backup: { enabled: true } },
      [
        'backup.enabled: Set postgres.protect to true: without it npm run down deletes the backups together with the data.',
      ],
    ],
    [
      'a schedule of words',
      { backup: { schedule: 'daily at noon' } },
      ['backup.schedule: Set a value in that range, or remove the key to get the default.'],
    ],
    [
      'a rollout without room on Kubernetes',
      { target: 'kubernetes', app: { maxSurge: 0 } },
      [
        'app.maxSurge: Leave it out: no pod is taken away before its successor is ready, so one more must have room.',
      ],
    ],
    [
      'one port for API and admins on Kubernetes',
      { target: 'kubernetes', app: { adminPort: 3001 } },
      [
        'app.adminPort: Leave it out: only a port of its own can be closed to everyone but the monitoring.',
      ],
    ],
    [
      'an archive command beside our own',
      { postgres: { settings: { archive_command: 'true' } } },
      [
        'postgres.settings.archive_command: Leave it out: the backups need the archive. Its delay is backup.recoveryPointSeconds.',
      ],
    ],
    [
      'warnings above alarms',
      { monitoring: { warnPercent: 96 } },
      [
        'monitoring.warnPercent: Lower monitoring.warnPercent to 95, or raise monitoring.criticalPercent to 96.',
      ],
    ],
  ])('%s', (_name, raw, expected) => {
    expect(refusalOf(raw)).toEqual(expected);
  });

  const host = 'db.example';
  test.each<[string, Raw, string[]]>([
    [
      'memory of a server that is not ours',
      { postgres: { external: { host }, memoryMiB: 512 } },
      ['postgres.memoryMiB: Leave it out: the memory of the server is decided where it runs.'],
    ],
    [
      'storage of it',
      { postgres: { external: { host }, storageGiB: 5 } },
      ['postgres.storageGiB: Leave it out: the storage of the server is decided where it runs.'],
    ],
    [
      'parameters of it',
      { postgres: { external: { host }, settings: { work_mem: '8MB' } } },
      ['postgres.settings: Leave it out, and set these parameters where the server runs.'],
    ],
    [
      'an image of it',
      { postgres: { external: { host } }, images: { postgres: 'example/postgres:17' } },
      ['images.postgres: Leave it out: no container of Postgres is started.'],
    ],
    [
      'backups of it',
      { postgres: { external: { host } }, backup: { enabled: true, keepFull: 3 } },
      ['enabled', 'keepFull'].map(
        (key) => `backup.${key}: Leave it out, and set up the backups where the server runs.`,
      ),
    ],
    [
      'an unproved server beside protected data',
      { postgres: { external: { host, tls: 'off' } } },
      [
        'postgres.external.tls: Leave it out: without it anyone on the way can read and change rows.',
      ],
    ],
    [
      'authorities that nobody asks',
      {
        postgres: {
          protect: false,
          external: { host, tls: 'off', caCertificate: EXAMPLE_AUTHORITY },
        },
      },
      ['postgres.external.caCertificate: Leave out postgres.external.tls, so that they are used.'],
    ],
    [
      'a range of addresses on Docker',
      { postgres: { external: { host, cidr: '10.0.0.0/8' } } },
      ['postgres.external.cidr: Leave it out: only a cluster has network policies.'],
    ],
    [
      'a misspelt key of it',
      { postgres: { external: { host, prot: 5 } } },
      ['postgres.external.prot: Did you mean postgres.external.port?'],
    ],
    [
      'a server without a host',
      { postgres: { external: { port: 5_433 } } },
      ['postgres.external.host: Set it in the settings file of this stack.'],
    ],
    [
      'a URL for a host',
      { postgres: { external: { host: 'postgres://db' } } },
      ['postgres.external.host: Set a value in that range, or remove the key to get the default.'],
    ],
    [
      'a text that is no certificate',
      { postgres: { external: { host, caCertificate: 'ca.pem' } } },
      [
        'postgres.external.caCertificate: Set a value in that range, or remove the key to get the default.',
      ],
    ],
    [
      'a private key beside a certificate',
      {
        postgres: {
          external: { host, caCertificate: `${EXAMPLE_AUTHORITY}-----BEGIN PRIVATE KEY-----` },
        },
      },
      [
        'postgres.external.caCertificate: Set a value in that range, or remove the key to get the default.',
      ],
    ],
    [
      'a certificate that is cut off',
      {
        postgres: {
          external: {
            host,
            caCertificate: EXAMPLE_AUTHORITY.replace(/\n[^\n]+\n-----END/, '\n-----END'),
          },
        },
      },
      [
        'postgres.external.caCertificate: Set a value in that range, or remove the key to get the default.',
      ],
    ],
  ])('%s', (_name, raw, expected) => {
    expect(refusalOf(raw)).toEqual(expected);
  });

  test('a stack name that could not be part of a container name', () => {
    expect(refusalOf({}, 'Dev_1')).toEqual([expect.stringMatching(/^stack name: Choose another/)]);
  });
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
  expect(checkSettings({ ...base, app: { maxReplicas: 0 } }, 'dev').faults).toMatchObject([
    { key: 'app.maxReplicas', allowed: 'an integer from 1 to 100' },
  ]);
});

test('the value of an unknown key is not shown: it may be a misspelt secret', () => {
  expect(
    renderFaults(checkSettings({ ...base, rootSecert: 'a-plain-secret' }, 'dev').faults),
  ).not.toContain('a-plain-secret');
});

test('a refusal shows what it got and what is allowed', () => {
  expect(renderFaults(checkSettings({ ...base, pooler: { poolSize: '25' } }, 'dev').faults)).toBe(
    'The settings were refused:\n  - pooler.poolSize: got "25"; allowed: an integer from 1 to 10000. Remove the quotes: 25.',
  );
});

test.each([
  'registry.example:5000/team/app:1.4.0',
  'localhost:5000/app:PR-17_RC.1',
  'app:v1',
  `registry.example/app@sha256:${'0a'.repeat(32)}`,
  `registry.example/app:1.4.0@sha256:${'0a'.repeat(32)}`,
])('%s is an image of a version', (app) => {
  expect(refusalOf({ images: { app } })).toEqual([]);
});

test.each([
  'registry.example/Team/app:1',
  'App:1',
  'app:',
  'app:1:2',
  'app:5000/',
  'app:-1',
  'app:1@sha256:0a',
  'app:1 --pull',
  `app:${'1'.repeat(129)}`,
])('%s is no image reference', (app) => {
  expect(checkSettings({ ...base, images: { app } }, 'dev').faults).toMatchObject([
    { key: 'images.app' },
  ]);
});

test('the admin routes may have a port of their own', () => {
  expect(refusalOf({ app: { adminPort: 4000 } })).toEqual([]);
  expect(checkSettings({ ...base, app: { adminPort: 4000 } }, 'dev').settings.app).toMatchObject({
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

test('an external Postgres needs a host alone: its connections are counted, its memory and its backups are not ours', () => {
  const raw = {
    postgres: {
      maxConnections: 5_000,
      external: {
        host: '10.20.0.5',
        caCertificate: `# the regional authorities\n${EXAMPLE_AUTHORITY}${EXAMPLE_AUTHORITY}`,
      },
    },
    pooler: { poolSize: 4_000 },
    backup: { enabled: false },
  };
  expect(refusalOf(raw)).toEqual([]);
  expect(refusalOf({ ...raw, pooler: { poolSize: 5_000 } })).toEqual([
    expect.stringMatching(
      /^pooler.poolSize: Lower pooler.poolSize to \d+, or raise postgres.maxConnections/,
    ),
  ]);
  const { settings } = checkSettings({ ...base, ...raw }, 'dev');
  expect(settings.postgres.external).toMatchObject({
    host: '10.20.0.5',
    port: 5_432,
    database: 'spywatcher',
    adminUser: 'postgres',
    tls: 'verify-full',
  });
  expect(settings.backup.enabled).toBe(false);
});

test('on Kubernetes the way out may be narrowed to a range of addresses', () => {
  expect(
    refusalOf({
      target: 'kubernetes',
      pooler: { poolSize: 10 },
      postgres: { external: { host: 'db.example', cidr: '10.20.0.0/24' } },
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
