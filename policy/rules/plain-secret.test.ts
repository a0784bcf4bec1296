import { expect, test } from '@jest/globals';
import { type Props, UNKNOWN } from '../subject.ts';
import { checkIn, container, deployment, placesIn, subjectOf } from '../testing/subjects.ts';
import { plainSecret } from './plain-secret.ts';

const KEY = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');

test.each([
  ['DATABASE_URL', 'postgresql://app:hunter2hunter2@postgres:5432/app'],
  ['CACHE', 'redis://:hunter2hunter2@redis:6379'],
  ['SETTINGS', '{"database":"postgres://app:hunter2hunter2@db/app"}'],
  ['POSTGRES_PASSWORD', 'hunter2hunter2'],
  ['PGPASSWORD', 'hunter2hunter2'],
  ['REDISCLI_AUTH', 'hunter2hunter2'],
  ['CLIENT_SECRET', 'hunter2hunter2'],
  ['SECRET_KEY_BASE', 'hunter2hunter2'],
  ['adminToken_TOKEN', 'hunter2hunter2'],
  ['AWS_SECRET_ACCESS_KEY', 'hunter2hunter2'],
  ['DB_PASS', 'hunter2hunter2'],
  ['DB_PWD', 'hunter2hunter2'],
  ['clientSecret', 'hunter2hunter2'],
  ['accessToken', 'hunter2hunter2'],
  ['RAILS_MASTER_KEY', 'hunter2hunter2'],
  ['JWT_KEY', 'hunter2hunter2'],
  ['MAX_TOKENS', 'hunter2hunter2'],
  ['JDBC', 'jdbc:postgresql://db/app?user=app&password=hunter2hunter2'],
  ['DSN', 'host=db user=app password=hunter2hunter2'],
  ['CONNECTION', 'Host=db;Username=app;Password=hunter2hunter2'],
  ['CI', `ghp_${'hunter2'.repeat(6)}`],
  ['SIGNING', `${KEY}\nhunter2hunter2`],
])('%s with a secret in it is refused, on docker and in a pod, and is not shown', (name, value) => {
  const [onDocker = expect.anything()] = checkIn(
    plainSecret,
    'development',
    container({ envs: [`${name}=${value}`] }),
  );
  expect(onDocker).toMatchObject({
    at: `envs ${name}`,
    remedy: `Put it into a file that only this container mounts, and name that one: ${name}_FILE.`,
  });
  expect(JSON.stringify(onDocker)).not.toContain('hunter2');
  expect(placesIn(plainSecret, deployment({ container: { env: [{ name, value }] } }))).toEqual([
    `spec.template.spec.containers[0] (app).env ${name}`,
  ]);
});

test.each([
  ['DATABASE_URL_FILE', '/run/secrets/database-url'],
  ['POSTGRES_PASSWORD_FILE', '/run/secrets/postgres-password'],
  ['DATABASE_URL', 'postgresql://app@postgres:5432/app'],
  ['UPSTREAM', 'http://proxy:8080/path@2'],
  ['TOKEN_TTL_SECONDS', '600'],
  ['API_TOKEN', ''],
  ['SECRETS', 'off'],
  ['TOKENIZER', 'fast'],
  ['PGHOST', '/run/postgresql'],
  ['POSTGRES_HOST_AUTH_METHOD', 'scram-sha-256'],
  ['PASSWORD_ENCRYPTION', 'scram-sha-256'],
  ['MAX_TOKENS', '4096'],
  ['ENABLE_AUTH', '1'],
  ['OAUTH_TOKEN_ENDPOINT', 'https://id.test/token'],
  ['TOKEN_URL', 'https://id.test/token'],
  ['TOKEN_EXPIRY', '15m'],
  ['API_KEY_HEADER', 'X-Api-Key'],
  ['SECRETS_PROVIDER', 'vault'],
  ['SSH_AUTH_SOCK', '/run/agent'],
  ['PWD', '/app'],
  ['PASS_THROUGH', 'headers'],
  ['BYPASS', 'cache'],
  ['PUBLIC_KEY', 'anybody may have it'],
  ['DATABASE_URL', 'postgres://app:$(DB_PASSWORD)@db:5432/app'],
  ['DATABASE_URL', 'postgres://app:${DB_PASSWORD}@db:5432/app'],
  ['REDIS_PASSWORD', '$(OTHER)'],
])('%s=%s passes', (name, value) => {
  expect(placesIn(plainSecret, container({ envs: [`${name}=${value}`] }))).toEqual([]);
  expect(placesIn(plainSecret, deployment({ container: { env: [{ name, value }] } }))).toEqual([]);
});

test('a value that comes from a Secret, or is not known yet, passes', () => {
  expect(
    placesIn(
      plainSecret,
      deployment({
        container: {
          env: [
            { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'app', key: 'password' } } },
          ],
        },
      }),
    ),
  ).toEqual([]);
  expect(placesIn(plainSecret, container({ envs: [UNKNOWN] }))).toEqual([]);
});

test('a ConfigMap holds no variable with a secret; a file in one is not read', () => {
  const map = (data: Props) => subjectOf('kubernetes:core/v1:ConfigMap', { data });
  expect(
    checkIn(
      plainSecret,
      'development',
      map({ DATABASE_URL: 'postgres://app:hunter2@db/app', PORT: '3001' }),
    ),
  ).toEqual([
    {
      at: 'data DATABASE_URL',
      got: 'a URL with a password (not shown)',
      allowed: 'what everyone may read',
      remedy: 'Put it into a Secret, and let the container mount that as a file.',
    },
  ]);
  expect(
    placesIn(
      plainSecret,
      map({ 'pgbouncer.ini': 'auth_file = /etc/pgbouncer/userlist.txt', token: 'x' }),
    ),
  ).toEqual([]);
});
