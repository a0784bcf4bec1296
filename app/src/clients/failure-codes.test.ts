import { expect, test } from '@jest/globals';
import { constants } from 'node:os';
import { downReasonOf } from '../monitoring/readings/readers/down-reason.ts';
import { databaseFailureOf } from './database-failure.ts';

/** Classes 08, 28, 53, 57 and 58, and what else tells of the server or of a time limit. */
const SERVER_STATES = [
  ...['08000', '08001', '08003', '08004', '08006', '08007', '08P01'],
  ...['25006', '25P03', '25P04', '28000', '28P01', '3D000'],
  ...['53000', '53100', '53200', '53300', '53400', '55P03'],
  ...['57000', '57014', '57P01', '57P02', '57P03', '57P04', '57P05'],
  ...['58000', '58030', '58P01', '58P02'],
];
/** Node's resolver, and OpenSSL through Node. */
const OTHER_CODES = [
  ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'],
  ...['ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED', 'SELF_SIGNED_CERT_IN_CHAIN'],
];
const STATEMENT_STATES = ['22P02', '23505', '26000', '40001', '42P01', 'XX000'];

test.each([...Object.keys(constants.errno), ...SERVER_STATES, ...OTHER_CODES])(
  '%s is a failure of the server to the API and to the monitoring',
  (code) => {
    const error = Object.assign(new Error('something'), { code });
    expect(databaseFailureOf(error)).toMatch(/^database_/);
    expect(downReasonOf(error)).not.toBe('failed');
  },
);

test.each(STATEMENT_STATES)('%s is a failure of the statement to both', (code) => {
  const error = Object.assign(new Error('something'), { code });
  expect([databaseFailureOf(error), downReasonOf(error)]).toEqual([undefined, 'failed']);
});

test.each([
  'timeout expired',
  'Query read timeout',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'SASL: SCRAM-SERVER-FIRST-MESSAGE: nonce missing',
])('"%s", which pg gives no code, is a failure of the server to both', (message) => {
  expect(databaseFailureOf(new Error(message))).toMatch(/^database_/);
  expect(downReasonOf(new Error(message))).not.toBe('failed');
});

test('a table that a role may not read is no outage to the API', () => {
  const error = Object.assign(new Error('permission denied'), { code: '42501' });
  expect([databaseFailureOf(error), downReasonOf(error)]).toEqual([undefined, 'login_refused']);
});
