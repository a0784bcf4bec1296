import { expect, test } from '@jest/globals';
import { type Raw, refusalOf } from '../testing/refusal.ts';

test.each<[string, Raw, string[]]>([
  [
    'a pool beyond the client limit',
    { app: { poolMax: 200 } },
    ['app.poolMax: Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.'],
  ],
  ['a misspelt key', { app: { poolMaxx: 5 } }, ['app.poolMaxx: Did you mean app.poolMax?']],
  [
    'a path without --path',
    { 'app.poolMax': 10 },
    [
      'app.poolMax: Set it with --path: npm run pulumi -- config rm app.poolMax -s STACK, then ' +
        'npm run pulumi -- config set --path app.poolMax VALUE -s STACK',
    ],
  ],
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
      'pooler.settings.server_check_query: Put the value on one line, without tabs or other ' +
        'control characters.',
    ],
  ],
  [
    'a newline in a Postgres value',
    { postgres: { settings: { search_path: 'a\nb' } } },
    [
      'postgres.settings.search_path: Put the value on one line, without tabs or other control ' +
        'characters.',
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
    'several processes in each sidecar',
    {
      target: 'kubernetes',
      images: Object.fromEntries(
        ['app', 'postgres', 'pgbouncer', 'redis'].map((name) => [name, `registry/${name}:1`]),
      ),
      pooler: { processes: 2, poolSize: 5 },
    },
    [
      'pooler.processes: Leave it out: one app instance cannot use up one PgBouncer, and more ' +
        'instances (app.replicas) bring more of them. Or set pooler.placement to shared.',
    ],
  ],
  [
    'more processes than Postgres has room for',
    { pooler: { processes: 3 } },
    [
      'pooler.poolSize: Lower pooler.poolSize to 22, or raise postgres.maxConnections to 109. ' +
        'Or lower pooler.processes to 2.',
    ],
  ],
  [
    'a published pooler beside protected data',
    { pooler: { publishPort: 6432 } },
    [
      'pooler.publishPort: Leave pooler.publishPort out: ' +
        'an environment with protected data publishes only the app.',
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
      'postgres.settings.fsync: Remove it: rows that were acknowledged could be lost, or damage ' +
        'could go unseen.',
    ],
  ],
  [
    'backups that would go with the data',
    { postgres: { protect: false }, backup: { enabled: true } },
    [
      'backup.enabled: Set postgres.protect to true: without it npm run down deletes the backups ' +
        'together with the data.',
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
      'app.maxSurge: Leave it out: a pod is removed only when its successor is ready, ' +
        'so there must be room for one more.',
    ],
  ],
  [
    'one port for API and admins on Kubernetes',
    { target: 'kubernetes', app: { adminPort: 3001 } },
    [
      'app.adminPort: Leave it out: only a port of its own can be closed to everyone but the ' +
        'monitoring.',
    ],
  ],
  [
    'an archive command beside our own',
    { postgres: { settings: { archive_command: 'true' } } },
    [
      'postgres.settings.archive_command: Leave it out: the backups need the archive. Its delay ' +
        'is backup.recoveryPointSeconds.',
    ],
  ],
  [
    'warnings above alarms',
    { monitoring: { warnPercent: 96 } },
    [
      'monitoring.warnPercent: Lower monitoring.warnPercent to 95, or raise ' +
        'monitoring.criticalPercent to 96.',
    ],
  ],
])('%s', (_name, raw, expected) => {
  expect(refusalOf(raw)).toEqual(expected);
});
