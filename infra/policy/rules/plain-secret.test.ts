import { expect, test } from '@jest/globals';
import { UNKNOWN } from '../subject.ts';
import { checkIn, container, deployment, placesIn } from '../testing/subjects.ts';
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
  ['SIGNING', `${KEY}\nhunter2hunter2`],
])('%s with a secret in it is refused, on docker and in a pod, and is not shown', (name, value) => {
  const [onDocker = expect.anything()] = checkIn(plainSecret, 'development', container({ envs: [`${name}=${value}`] }));
  expect(onDocker).toMatchObject({ at: `envs ${name}`, remedy: `Put it into a file that only this container mounts, and name that one: ${name}_FILE.` });
  expect(JSON.stringify(onDocker)).not.toContain('hunter2');
  expect(placesIn(plainSecret, deployment({ container: { env: [{ name, value }] } }))).toEqual([`spec.template.spec.containers[0] (app).env ${name}`]);
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
])('%s=%s passes', (name, value) => {
  expect(placesIn(plainSecret, container({ envs: [`${name}=${value}`] }))).toEqual([]);
  expect(placesIn(plainSecret, deployment({ container: { env: [{ name, value }] } }))).toEqual([]);
});

test('a value that comes from a Secret, or is not known yet, passes', () => {
  expect(placesIn(plainSecret, deployment({ container: { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'app', key: 'password' } } }] } }))).toEqual([]);
  expect(placesIn(plainSecret, container({ envs: [UNKNOWN] }))).toEqual([]);
});
