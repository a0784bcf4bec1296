import pg from 'pg';
import { describePostgresError, PreparationError } from './preparation-error.ts';
import type { Outcome } from './roles.ts';

/** What the role that prepares the server may do there. Managed services give nobody a superuser. */
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

const { escapeIdentifier, escapeLiteral } = pg;

/** @throws {PreparationError} when the role may not make roles. */
export async function readAdminRights(admin: pg.Client): Promise<AdminRights> {
  const { rows } = await admin.query<AdminRights & { readonly createsRoles: boolean }>(
    `SELECT rolname AS name, rolsuper AS "isSuperuser", rolcreaterole AS "createsRoles" FROM pg_roles WHERE rolname = current_user`,
  );
  const rights = rows[0]!;
  if (rights.isSuperuser || rights.createsRoles) return rights;
  throw new PreparationError(
    `The role ${rights.name} may not create roles. Give it the right: ALTER ROLE ${escapeIdentifier(rights.name)} CREATEROLE CREATEDB; or name another one in postgres.external.adminUser.`,
  );
}

/** Keeps verifiers out of the server's log as far as it may; answers with the settings that it may not change. */
export async function keepStatementsAsPrivateAsPossible(
  admin: pg.Client,
): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const [name, value] of Object.entries(PRIVATE_SETTINGS)) {
    if (!(await isPermitted(admin.query('SELECT set_config($1, $2, false)', [name, value]))))
      refused.push(name);
  }
  return refused;
}

/** Only a superuser may compare a password with the one that is set, so this sets it each time. */
export async function ensureRoleWithoutSuperuser(
  admin: pg.Client,
  name: string,
  verifier: string,
): Promise<Outcome> {
  const { rows } = await admin.query<{ fits: boolean }>(
    'SELECT rolcanlogin AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) AS fits FROM pg_roles WHERE rolname = $1',
    [name],
  );
  const [role] = rows;
  if (role?.fits === false) {
    throw new PreparationError(
      `The role ${name} is there already and may more than it should, or may not log in. Rename or drop it, then run this again.`,
    );
  }
  await admin.query(
    `${role === undefined ? 'CREATE' : 'ALTER'} ROLE ${escapeIdentifier(name)} LOGIN PASSWORD ${escapeLiteral(verifier)}`,
  );
  return role === undefined ? 'created' : 'password set again';
}

/** Without a superuser only a member of the owner can give it a database, or act on what it owns. */
export async function joinOwner(admin: pg.Client, owner: string): Promise<void> {
  const { rows } = await admin.query<{ isMember: boolean }>(
    `SELECT pg_has_role(current_user, $1, 'USAGE') AS "isMember"`,
    [owner],
  );
  if (rows[0]?.isMember !== true)
    await admin.query(`GRANT ${escapeIdentifier(owner)} TO CURRENT_USER`);
}

/** Whether it could be done; false when the server does not permit it. Throws on any other failure. */
export async function isPermitted(query: Promise<unknown>): Promise<boolean> {
  try {
    await query;
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === NOT_PERMITTED) return false;
    throw error;
  }
}

/** Why the statement statistics cannot be read, or undefined. What is missing is the server's own matter, and costs one route of the app. */
export async function findStatisticsTrouble(
  admin: pg.Client,
  ensure: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await ensure();
    await admin.query('SELECT FROM monitoring.pg_stat_statements LIMIT 1');
    return undefined;
  } catch (error) {
    return describePostgresError(error);
  }
}
