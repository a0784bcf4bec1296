/**
 * Node's and OpenSSL's codes, with what to do.
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const REMEDIES: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'Give postgres.external.host as the certificate names it.',
  CERT_HAS_EXPIRED: "Renew the server's certificate.",
  CERT_NOT_YET_VALID: "Set the clocks right, or wait until the server's certificate is valid.",
};
const UNTRUSTED = [
  ...[
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
  ],
  ...[
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_SIGNATURE_FAILURE',
    'CERT_UNTRUSTED',
    'INVALID_CA',
  ],
];
const SIGNER_REMEDY =
  'Set postgres.external.caCertificate to the certificate of the authority that signed the ' +
  "server's.";
/** Text of pg for a server without TLS; the error has no code. */
const WITHOUT_TLS = 'The server does not support SSL connections';

/**
 * Describes why the server could not prove its identity, and what to do; undefined for any other
 * error.
 */
export function describeTlsRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message === WITHOUT_TLS)
    return (
      'does not speak TLS. Turn it on there (ssl = on): passwords and rows would cross the ' +
      'network in the clear.'
    );
  const code = (error as { code?: string }).code ?? '';
  const remedy = REMEDIES[code] ?? (UNTRUSTED.includes(code) ? SIGNER_REMEDY : undefined);
  return remedy === undefined
    ? undefined
    : `does not prove who it is: ${error.message.replace(/\.$/, '')}. ${remedy}`;
}
