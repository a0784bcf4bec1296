import { expect, test } from '@jest/globals';
import { checkSettings } from '../../settings/check-settings.ts';
import { EXAMPLE_AUTHORITY } from '../../testing/example-authority.ts';
import { planExternalServer, tlsParameters } from './external.ts';
import type { ExternalPostgres } from '../../settings/external-postgres-schema.ts';
import { planPoolerTls } from './pooler-tls.ts';

const settingsOf = (external: Readonly<Record<string, unknown>>) =>
  checkSettings(
    {
      target: 'docker',
      credentialsVersion: 1,
      postgres: { protect: false, external: { host: 'db.example', ...external } },
    },
    'dev',
  ).settings;
const externalOf = (external: Readonly<Record<string, unknown>> = {}): ExternalPostgres =>
  settingsOf(external).postgres.external as ExternalPostgres;

test('the file of the authorities for PgBouncer is named by their content alone', () => {
  const { serverTls, files } = planPoolerTls(externalOf({ caCertificate: EXAMPLE_AUTHORITY }));
  const [[name = '', text] = []] = Object.entries(files);
  expect(name).toMatch(/^server-ca-[0-9a-f]{12}\.crt$/);
  expect(text).toBe(EXAMPLE_AUTHORITY);
  expect(serverTls).toEqual({ caFile: `/etc/pgbouncer/${name}` });
  expect(
    planPoolerTls(externalOf({ caCertificate: `\n${EXAMPLE_AUTHORITY}\n`, port: 5_433 })),
  ).toEqual({ serverTls, files });
  expect(
    Object.keys(planPoolerTls(externalOf({ caCertificate: EXAMPLE_AUTHORITY.repeat(2) })).files),
  ).not.toEqual([name]);
});

test('without authorities of its own it asks those of its image, and without TLS nobody', () => {
  expect(planPoolerTls(externalOf())).toEqual({
    serverTls: { caFile: '/etc/ssl/certs/ca-certificates.crt' },
    files: {},
  });
  expect(planPoolerTls(externalOf({ tls: 'off' }))).toEqual({ serverTls: 'off', files: {} });
  expect(planPoolerTls(undefined)).toEqual({ serverTls: 'off', files: {} });
});

test('a URL asks for the proof and says where the authorities are', () => {
  expect(tlsParameters(externalOf({ caCertificate: EXAMPLE_AUTHORITY }), '/ca.crt')).toBe(
    '?sslmode=verify-full&sslrootcert=/ca.crt',
  );
  expect(tlsParameters(externalOf({ caCertificate: EXAMPLE_AUTHORITY }))).toBe(
    '?sslmode=verify-full',
  );
  expect(tlsParameters(externalOf(), '/ca.crt')).toBe('?sslmode=verify-full&sslrootcert=system');
  expect([
    tlsParameters(externalOf({ tls: 'off' }), '/ca.crt'),
    tlsParameters(undefined, '/ca.crt'),
  ]).toEqual(['', '']);
});

test('the preparation knows how the server proves itself and what the plan counts on', () => {
  const { postgres } = settingsOf({ port: 25_060, caCertificate: EXAMPLE_AUTHORITY });
  expect(
    planExternalServer(postgres, externalOf({ port: 25_060, caCertificate: EXAMPLE_AUTHORITY }), 3),
  ).toEqual({
    server: { host: 'db.example', port: 25_060, tls: { authorities: EXAMPLE_AUTHORITY } },
    counted: { maxConnections: 100, reservedConnections: 10, superuserReservedConnections: 3 },
  });
  expect(planExternalServer(postgres, externalOf(), 3).server.tls).toEqual({
    authorities: 'system',
  });
  expect(planExternalServer(postgres, externalOf({ tls: 'off' }), 3).server).not.toHaveProperty(
    'tls',
  );
});
