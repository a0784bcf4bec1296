import { expect, test } from '@jest/globals';
import { describeTlsRefusal } from './tls-refusal.ts';

const coded = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

test.each([
  [
    coded('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'),
    'self-signed certificate in certificate chain. Set postgres.external.caCertificate',
  ],
  [
    coded(
      "Hostname/IP does not match certificate's altnames: IP: 10.0.0.1 is not in the cert's list: ",
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ),
    'Give postgres.external.host as the certificate names it.',
  ],
  [coded('certificate has expired', 'CERT_HAS_EXPIRED'), "Renew the server's certificate."],
  [
    coded('The server does not support SSL connections'),
    'does not speak TLS. Turn it on there (ssl = on)',
  ],
])('%s gets a way out', (error, part) => {
  expect(describeTlsRefusal(error)).toContain(part);
});

test('what is no matter of TLS is left to others', () => {
  expect(describeTlsRefusal(coded('connect ECONNREFUSED', 'ECONNREFUSED'))).toBeUndefined();
  expect(describeTlsRefusal('a thrown text')).toBeUndefined();
});
