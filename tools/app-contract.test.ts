import { expect, test } from '@jest/globals';
import { readAppEnv } from '../app/src/environment/app-environment.ts';
import { parseMonitoringPlan } from '../app/src/monitoring/plan/monitoring-plan.ts';
import { renderAppEnvironment } from '../infra/app/environment.ts';
import { appSecretFiles } from '../infra/app/secret-files.ts';
import { planPreparation } from '../infra/app/preparation.ts';
import { SECRETS_DIRECTORY } from '../infra/settings/standard-names.ts';
import { deriveCredentials } from '../infra/credentials.ts';
import { renderMonitoringPlan } from '../infra/app/monitoring-plan.ts';
import { planEnvironment } from '../infra/plan/plan.ts';
import { EXAMPLE_AUTHORITY } from '../infra/testing/example-authority.ts';
import { checkSettings } from '../infra/settings/check-settings.ts';

const planOf = (raw: Readonly<Record<string, unknown>>) =>
  planEnvironment(checkSettings({ target: 'docker', credentialsVersion: 1, ...raw }, 'dev'));
const credentialsOf = (version: number) =>
  deriveCredentials({
    rootSecret: 'an example secret of more than thirty-two characters',
    version,
  });

/** What the app reads of what the stack writes. */
function envOf(raw: Readonly<Record<string, unknown>>, version = 1) {
  const plan = planOf(raw);
  const files = appSecretFiles(plan, credentialsOf(version));
  return readAppEnv(renderAppEnvironment(plan), (path) => {
    const text = files[path.slice(`${SECRETS_DIRECTORY}/`.length)];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  });
}

test('the app asks Postgres and the console of the pooler as roles that only look', () => {
  const { monitor, poolerMonitor } = credentialsOf(1);
  expect(envOf({})).toMatchObject({
    port: 3_001,
    adminPort: 3_001,
    database: {
      address: { host: '/run/pgbouncer', port: 6_432, user: 'spywatcher', database: 'spywatcher' },
    },
    monitoring: {
      planFile: '/run/monitoring/plan.json',
      database: {
        host: '/run/postgresql',
        port: 5_432,
        user: 'spywatcher_monitor',
        password: monitor.password,
        database: 'spywatcher',
      },
      poolerConsole: {
        host: '/run/pgbouncer',
        port: 6_432,
        user: 'pgbouncer_monitor',
        password: poolerMonitor.password,
        database: 'pgbouncer',
      },
    },
  });
});

test('without a pooler there is no console to ask, and both connections go to Postgres', () => {
  expect(envOf({ pooler: { enabled: false } })).toMatchObject({
    database: { address: { host: '/run/postgresql', user: 'spywatcher' } },
    monitoring: {
      database: { host: '/run/postgresql', user: 'spywatcher_monitor' },
      poolerConsole: 'off',
    },
  });
});

test('an external Postgres is asked over verified TLS, by its own database name', () => {
  const { monitor } = credentialsOf(1);
  const external = (raw: object) => ({
    postgres: { external: { host: 'db.example', port: 25_060, database: 'presence', ...raw } },
  });
  const there = { host: 'db.example', port: 25_060, database: 'presence' };
  expect(envOf(external({ caCertificate: EXAMPLE_AUTHORITY }))).toMatchObject({
    database: { address: { host: '/run/pgbouncer', database: 'spywatcher' } },
    monitoring: {
      database: {
        ...there,
        user: 'spywatcher_monitor',
        password: monitor.password,
        tls: { authorities: EXAMPLE_AUTHORITY },
      },
    },
  });
  expect(envOf({ ...external({}), pooler: { enabled: false } })).toMatchObject({
    database: { address: { ...there, user: 'spywatcher', tls: { authorities: 'system' } } },
    monitoring: { database: { ...there, tls: { authorities: 'system' } }, poolerConsole: 'off' },
  });
});

test('the one-shot gets the given admin and password, and no superuser of ours', () => {
  const credentials = deriveCredentials({
    rootSecret: 'an example secret of more than thirty-two characters',
    version: 2,
    postgresAdminPassword: 'theirs',
  });
  const { superuser, server, database, counted, environment } = planPreparation(
    planOf({
      postgres: {
        maxConnections: 60,
        reservedConnections: 0,
        external: { host: 'db.example', adminUser: 'admin' },
      },
    }),
    credentials,
  );
  expect(superuser).toEqual({ name: 'admin', passwords: ['theirs'] });
  expect({ server, database, counted, environment }).toEqual({
    server: { host: 'db.example', port: 5_432, tls: { authorities: 'system' } },
    database: 'spywatcher',
    counted: { maxConnections: 60, reservedConnections: 0, superuserReservedConnections: 3 },
    environment: 'dev',
  });
});

test('the admin routes open to the token of this version and of the one before it', () => {
  const token = (version: number): string => credentialsOf(version).adminToken;
  expect(envOf({}, 1).monitoring).toMatchObject({ adminTokens: { accepted: [token(1)] } });
  expect(envOf({}, 3).monitoring).toMatchObject({
    adminTokens: { accepted: [token(3), token(2)] },
  });
});

test('a port of its own for the admin routes reaches the app', () => {
  expect(envOf({ app: { adminPort: 4_000 } })).toMatchObject({ port: 3_001, adminPort: 4_000 });
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['the standard one', {}],
  ['one without a pooler', { pooler: { enabled: false } }],
  ['one of a Postgres elsewhere', { postgres: { external: { host: 'db.example' } } }],
  ['one on Kubernetes', { target: 'kubernetes', pooler: { poolSize: 10 } }],
])('the app can use the planned limits: %s', (_name, raw) => {
  const text = renderMonitoringPlan(planOf(raw));
  expect(parseMonitoringPlan(text)).toEqual(JSON.parse(text));
});
