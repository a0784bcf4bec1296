import { createHash } from 'node:crypto';
import type { PgbouncerInput } from '../../../pgbouncer/input.ts';
import { POOLER_CONFIG_DIRECTORY } from '../../settings/standard-names.ts';
import type { ExternalPostgres } from '../../settings/external-postgres-schema.ts';
import { ownAuthorities } from './external.ts';

/** Debian's list of public authorities, in PgBouncer's image. */
const SYSTEM_FILE = '/etc/ssl/certs/ca-certificates.crt';
const HASH_LENGTH = 12;

/**
 * How PgBouncer makes sure that it talks to the right server, and the file that it needs for that.
 */
export function planPoolerTls(
  external: ExternalPostgres | undefined,
): Pick<PgbouncerInput, 'serverTls'> & { readonly files: Readonly<Record<string, string>> } {
  if (external === undefined || external.tls === 'off') return { serverTls: 'off', files: {} };
  const authorities = ownAuthorities(external);
  if (authorities === undefined) return { serverTls: { caFile: SYSTEM_FILE }, files: {} };
  // Named by its content, so that a changed certificate changes pgbouncer.ini, which is what is
  // watched, reloaded and compared.
  const hash = createHash('sha256').update(authorities).digest('hex').slice(0, HASH_LENGTH);
  const name = `server-ca-${hash}.crt`;
  return {
    serverTls: { caFile: `${POOLER_CONFIG_DIRECTORY}/${name}` },
    files: { [name]: authorities },
  };
}
