import { expect, test } from '@jest/globals';
import { EXAMPLE_AUTHORITY } from '../testing/example-authority.ts';
import { checkSettings } from './check-settings.ts';
import { checkAdminPassword } from './external-postgres.ts';
import { type Raw, REQUIRED, refusalOf } from '../testing/refusal.ts';

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
    ['postgres.external.tls: Leave it out: without it anyone on the way can read and change rows.'],
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
      'postgres.external.caCertificate: Set a value in that range, or remove the key to get the ' +
        'default.',
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
      'postgres.external.caCertificate: Set a value in that range, or remove the key to get the ' +
        'default.',
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
      'postgres.external.caCertificate: Set a value in that range, or remove the key to get the ' +
        'default.',
    ],
  ],
])('%s', (_name, raw, expected) => {
  expect(refusalOf(raw)).toEqual(expected);
});

test('an external Postgres needs a host alone, and its connections are counted', () => {
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
  const { settings } = checkSettings({ ...REQUIRED, ...raw }, 'dev');
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

const settingsOf = (external: Raw | undefined) =>
  checkSettings({ ...REQUIRED, postgres: { external } }, 'dev').settings;

test('the password of the admin is asked for, by the command that sets it', () => {
  expect(checkAdminPassword(settingsOf({ host, adminUser: 'admin' }), false)).toMatchObject([
    {
      key: 'postgresAdminPassword',
      allowed: 'the password of the role admin at db.example',
      remedy: 'Set it: npm run pulumi -- config set --secret postgresAdminPassword -s dev',
    },
  ]);
  expect(checkAdminPassword(settingsOf({ host }), true)).toEqual([]);
  expect(checkAdminPassword(settingsOf(undefined), false)).toEqual([]);
});
