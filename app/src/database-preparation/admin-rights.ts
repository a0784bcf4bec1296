import pg from 'pg';
import { PreparationError } from './preparation-error.ts';

/** Rights of the role that prepares the server. Managed services give nobody a superuser. */
export interface AdminRights {
  readonly name: string;
  readonly isSuperuser: boolean;
}

const NOT_PERMITTED = '42501';
const PRIVATE_SETTINGS: Readonly<Record<string, string>> = {
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_error_statement: 'panic',
  'pg_stat_statements.track_utility': 'off',
};

const { escapeIdentifier } = pg;

/** @throws {PreparationError} when the role may not create roles. */
export async function readAdminRights(admin: pg.Client): Promise<AdminRights> {
  const { rows } = await admin.query<AdminRights & { readonly createsRoles: boolean }>(`
    SELECT rolname AS name, rolsuper AS "isSuperuser", rolcreaterole AS "createsRoles"
    FROM pg_roles WHERE rolname = current_user`);
  const [rights] = rows;
  if (rights === undefined) throw new Error('the current role is not in pg_roles');
  if (rights.isSuperuser || rights.createsRoles) return rights;
  throw new PreparationError(
    `The role ${rights.name} may not create roles. Give it the right: ` +
      `ALTER ROLE ${escapeIdentifier(rights.name)} CREATEROLE CREATEDB; ` +
      'or name another one in postgres.external.adminUser.',
  );
}

/**
 * Keeps verifiers out of the server's log and out of pg_stat_statements for this session, as far as
 * the role may.
 * @returns the settings that it may not change; none for a superuser.
 */
export async function hideStatements(admin: pg.Client): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const [name, value] of Object.entries(PRIVATE_SETTINGS)) {
    const isSet = await isPermitted(admin.query('SELECT set_config($1, $2, false)', [name, value]));
    if (!isSet) refused.push(name);
  }
  return refused;
}

/**
 * Makes the admin a member of the owner: others than superusers act on what a role owns only as its
 * members.
 */
export async function joinOwner(admin: pg.Client, owner: string): Promise<void> {
  const { rows } = await admin.query<{ isMember: boolean }>(
    `SELECT pg_has_role(current_user, $1, 'USAGE') AS "isMember"`,
    [owner],
  );
  if (rows[0]?.isMember !== true)
    await admin.query(`GRANT ${escapeIdentifier(owner)} TO CURRENT_USER`);
}

/**
 * Returns whether it could be done; false when the server does not permit it. Throws any other
 * failure.
 */
export async function isPermitted(query: Promise<unknown>): Promise<boolean> {
  try {
    await query;
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === NOT_PERMITTED) return false;
    throw error;
  }
}
