import type { Preparation } from '../../../app/src/database-preparation/preparation.ts';
import type { ExternalPostgres } from '../../settings/external-postgres-schema.ts';
import type { Settings } from '../../settings/settings.ts';

/** The certificates as the text of a file; undefined where those of the system count, or none. */
export const ownAuthorities = ({ tls, caCertificate }: ExternalPostgres): string | undefined =>
  tls === 'off' || caCertificate === undefined ? undefined : `${caCertificate.trim()}\n`;

/** How the one-shot finds the server and what it compares it with. */
export function planExternalServer(
  { maxConnections, reservedConnections }: Settings['postgres'],
  external: ExternalPostgres,
  superuserReservedConnections: number,
): Pick<Preparation, 'server' | 'counted'> {
  const { host, port, tls } = external;
  return {
    server: {
      host,
      port,
      ...(tls === 'off' ? {} : { tls: { authorities: ownAuthorities(external) ?? 'system' } }),
    },
    counted: { maxConnections, reservedConnections, superuserReservedConnections },
  };
}

/**
 * libpq's parameters for a URL of the server. `ownFile` is where its reader finds {@link
 * ownAuthorities}; people have it where they like.
 */
export function tlsParameters(external: ExternalPostgres | undefined, ownFile?: string): string {
  if (external === undefined || external.tls === 'off') return '';
  const file = ownAuthorities(external) === undefined ? 'system' : ownFile;
  return `?sslmode=verify-full${file === undefined ? '' : `&sslrootcert=${file}`}`;
}
