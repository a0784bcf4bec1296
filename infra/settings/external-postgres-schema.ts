import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { DATABASE, POSTGRES_PORT } from './standard-names.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const ADMIN = 'postgres';

/** Host names (RFC 1123) and IPv4 addresses. */
const hostName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const cidr = /^(\d{1,3}(\.\d{1,3}){3}\/\d{1,2}|[0-9a-f:]+\/\d{1,3})$/;

/** A Postgres server that the stack does not run: where it is, who prepares it, its proof. */
export const externalPostgres = z
  .strictObject({
    host: z
      .string()
      .regex(hostName)
      .describe('a host name or an IPv4 address, as the certificate of the server names it'),
    port: z.int().min(1).max(65_535).default(POSTGRES_PORT).describe('a port from 1 to 65535'),
    database: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,62}$/)
      .default(DATABASE)
      .describe('up to 63 lower-case letters, digits and underscores, not beginning with a digit'),
    adminUser: z
      .string()
      .min(1)
      .max(63)
      .default(ADMIN)
      .describe('the name of a role that may create roles and databases'),
    tls: z.enum(['verify-full', 'off']).default('verify-full').describe('verify-full or off'),
    caCertificate: z
      .string()
      .refine(isCertificates)
      .optional()
      .describe(
        'certificates as PEM text, each from -----BEGIN CERTIFICATE----- ' +
          'to -----END CERTIFICATE-----',
      ),
    cidr: z.string().regex(cidr).optional().describe('a range of addresses such as 10.20.0.0/24'),
  })
  .optional()
  .describe('a map of host, port, database, adminUser, tls, caCertificate, cidr');

export type ExternalPostgres = NonNullable<z.output<typeof externalPostgres>>;

/**
 * Whether a text is certificates, at least one, and nothing else: what is beside them would be
 * ignored, and may be a private key.
 */
function isCertificates(text: string): boolean {
  const found = text.match(CERTIFICATE) ?? [];
  const isAlone = text
    .replace(CERTIFICATE, '')
    .split('\n')
    .every((line) => line.trim() === '' || line.startsWith('#'));
  return found.length > 0 && isAlone && found.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
