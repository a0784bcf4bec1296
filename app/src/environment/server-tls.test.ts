import { expect, test } from '@jest/globals';
import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { tlsOptions } from './server-tls.ts';

const optionsFor = (host: string, authorities = 'PEM'): ConnectionOptions =>
  tlsOptions({ host, tls: { authorities } }).ssl as ConnectionOptions;

/**
 * What is wrong with a certificate for these names on a connection to `host`. pg gives Node no name
 * where the host is an address.
 */
const judge = (host: string, subjectaltname: string): string | undefined =>
  optionsFor(host).checkServerIdentity?.('localhost', {
    subject: {},
    subjectaltname,
  } as PeerCertificate)?.message;

test('without TLS nothing is asked of the server', () => {
  expect(tlsOptions({ host: 'postgres' })).toEqual({});
});

test('a certificate must name the host that was asked for, be it a name or an address', () => {
  expect(judge('db.example', 'DNS:db.example')).toBeUndefined();
  expect(judge('10.0.0.1', 'IP Address:10.0.0.1')).toBeUndefined();
  expect(judge('db.example', 'DNS:other.example')).toContain(
    "db.example. is not in the cert's altnames",
  );
  expect(judge('10.0.0.1', 'IP Address:10.0.0.2, DNS:localhost')).toContain(
    "10.0.0.1 is not in the cert's list",
  );
});

test('only the given authorities count, or with `system` those of Node', () => {
  expect(optionsFor('db.example')).toMatchObject({ ca: 'PEM', rejectUnauthorized: true });
  expect(optionsFor('db.example', 'system')).not.toHaveProperty('ca');
  expect(optionsFor('db.example', 'system').rejectUnauthorized).toBe(true);
});
