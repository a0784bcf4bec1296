import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type pg from 'pg';

/**
 * Proof of identity that a Postgres server must give; none where both ends share a socket or a
 * private network.
 */
export interface ServerTls {
  /**
   * Certificates of the trusted authorities as PEM; `system` for Mozilla's list, which Node
   * includes.
   */
  readonly authorities: string;
}

export const SYSTEM_AUTHORITIES = 'system';

/**
 * Returns what `pg` needs for libpq's `verify-full`: the certificate must be signed by one of the
 * authorities and name the host. It is set explicitly because NODE_TLS_REJECT_UNAUTHORIZED could
 * turn Node's own default off.
 */
export function tlsOptions({
  host,
  tls,
}: {
  readonly host: string;
  readonly tls?: ServerTls | undefined;
}): Pick<pg.ClientConfig, 'ssl'> {
  if (tls === undefined) return {};
  return {
    ssl: {
      ...(tls.authorities === SYSTEM_AUTHORITIES ? {} : { ca: tls.authorities }),
      rejectUnauthorized: true,
      // pg tells Node a host name, but not an address, which would then be compared with
      // "localhost".
      checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
        checkServerIdentity(host, certificate),
    },
  };
}
