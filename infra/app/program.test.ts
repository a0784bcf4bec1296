import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { deriveCredentials } from '../credentials.ts';
import { planEnvironment } from '../plan/plan.ts';
import { checkSettings } from '../settings/check-settings.ts';
import { DRIVERS } from '../settings/drivers.ts';
import { EXAMPLE_AUTHORITY } from '../testing/example-authority.ts';
import { REQUIRED } from '../testing/refusal.ts';
import { handToApp, handToMigration } from './program.ts';

const credentials = deriveCredentials({
  rootSecret: 'an example secret of more than thirty-two characters',
  version: 1,
  appSecrets: { TOKEN: 'canary' },
});

function handed(app: object, settings: object = {}) {
  const plan = planEnvironment(
    checkSettings(
      {
        ...REQUIRED,
        ...settings,
        app: { image: 'notes:1', health: { path: '/' }, secrets: { TOKEN: 'x' }, ...app },
      },
      'dev',
    ),
  );
  if (plan.app === 'ours') throw new Error('planned as our own app');
  return {
    app: handToApp(plan.app, plan, credentials),
    migration: handToMigration(plan.app, plan, credentials),
    plan,
  };
}

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/your-own-app.md'), 'utf8');
const namesIn = (list: string): readonly string[] => {
  const text = PAGE.slice(PAGE.indexOf(`<!-- ${list}:`), PAGE.indexOf(`<!-- end of ${list} -->`));
  return [...text.matchAll(/^- ((?:`[^`]+`(?:, )?)+):/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
};

test('docs/your-own-app.md lists what a container is handed', () => {
  const { app } = handed({ secretsAs: 'env', secrets: {} });
  const plain = Object.keys(app.variables).filter((name) => !name.endsWith('_FILE'));
  const secret = Object.keys(app.secrets).filter((name) => name !== 'TOKEN');
  expect([...namesIn('handed')].sort()).toEqual([...plain, ...secret].sort());
});

test('docs/your-own-app.md lists every driver', () => {
  expect([...namesIn('drivers')].sort()).toEqual([...DRIVERS].sort());
});

test('secrets are files, and in the variables only when the settings say so', () => {
  const asFile = handed({}).app;
  expect(asFile.secrets).toEqual({});
  expect(asFile.files).toMatchObject({ TOKEN: 'canary' });
  expect(asFile.variables).toMatchObject({
    TOKEN_FILE: '/run/secrets/TOKEN',
    DATABASE_URL_FILE: '/run/secrets/DATABASE_URL',
  });
  expect(JSON.stringify(asFile.variables)).not.toContain('canary');
  expect(handed({ secretsAs: 'env' }).app.secrets).toMatchObject({ TOKEN: 'canary' });
});

test('the app goes through the pooler, and its migrations past it as the owner', () => {
  const { app, migration } = handed({});
  expect(app.files['DATABASE_URL']).toMatch(
    /^postgresql:\/\/spywatcher:[^@]+@pgbouncer:6432\/spywatcher$/,
  );
  expect(migration.files['DATABASE_URL']).toMatch(
    /^postgresql:\/\/spywatcher_owner:[^@]+@postgres:5432\/spywatcher$/,
  );
  expect(handed({}, { pooler: { enabled: false } }).app.files['DATABASE_URL']).toContain(
    '@postgres:5432/',
  );
});

test('a driver gets an address in its own form, with what it needs to be right', () => {
  expect(handed({ driver: 'lib/pq' }).app.files['DATABASE_URL']).toMatch(
    /\?sslmode=disable&binary_parameters=yes$/,
  );
  expect(handed({ driver: 'jdbc' }).app.files['DATABASE_URL']).toMatch(
    /^jdbc:postgresql:\/\/pgbouncer:6432\/spywatcher\?user=spywatcher&password=[^&]+$/,
  );
});

test('an external Postgres is reached over verified TLS', () => {
  const postgres = { external: { host: 'db.example', caCertificate: EXAMPLE_AUTHORITY } };
  const { migration } = handed({ driver: 'lib/pq' }, { postgres });
  expect(migration.files['DATABASE_URL']).toMatch(
    /\?sslmode=verify-full&sslrootcert=\/run\/secrets\/server-ca\.crt&binary_parameters=yes$/,
  );
  expect(migration.files['server-ca.crt']).toContain('BEGIN CERTIFICATE');
});

test('without a named driver each client keeps a server connection', () => {
  const modeOf = (app: object) => {
    const { pooler } = handed(app).plan;
    return pooler === 'off' ? 'off' : pooler.config.pgbouncer;
  };
  expect(modeOf({})).toMatchObject({ pool_mode: 'session', max_prepared_statements: '0' });
  expect(modeOf({ driver: 'pgx' })).toMatchObject({
    pool_mode: 'transaction',
    max_prepared_statements: '200',
  });
});
