import pg from 'pg';
import { type AdminRights, isPermitted } from './admin-rights.ts';
import type { LoginRole } from './preparation.ts';
import { PreparationError } from './preparation-error.ts';

export type Outcome = 'created' | 'changed' | 'unchanged' | 'password set again';

/** Attributes of every role of ours, whoever made it. */
const ATTRIBUTES = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
const HAS_ATTRIBUTES = `rolcanlogin
  AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)`;

const { escapeIdentifier, escapeLiteral } = pg;

/**
 * Creates the role, or gives it back its attributes and verifier; open sessions go on. Only a
 * superuser may compare a password with the one that is set, so anyone else sets it each time.
 * @throws {PreparationError} for a role whose attributes only a superuser could take back.
 */
export async function ensureRole(
  admin: pg.Client,
  { isSuperuser }: Pick<AdminRights, 'isSuperuser'>,
  { name, verifier }: Pick<LoginRole, 'name' | 'verifier'>,
): Promise<Outcome> {
  const role = isSuperuser ? await compareRole(admin, name, verifier) : await findRole(admin, name);
  if (role?.hasAttributes === true && role.hasVerifier === true) return 'unchanged';
  if (role?.hasAttributes === false && !isSuperuser) {
    throw new PreparationError(
      `The role ${name} is there already and may more than it should, or may not log in. ` +
        'Rename or drop it, then run this again.',
    );
  }
  const attributes = isSuperuser ? ATTRIBUTES : 'LOGIN';
  await admin.query(
    `${role === undefined ? 'CREATE' : 'ALTER'} ROLE ${escapeIdentifier(name)} ` +
      `${attributes} PASSWORD ${escapeLiteral(verifier)}`,
  );
  if (role === undefined) return 'created';
  return isSuperuser ? 'changed' : 'password set again';
}

interface KnownRole {
  readonly hasAttributes: boolean;
  readonly hasVerifier?: boolean;
}

async function findRole(admin: pg.Client, name: string): Promise<KnownRole | undefined> {
  const { rows } = await admin.query<KnownRole>(
    `SELECT ${HAS_ATTRIBUTES} AS "hasAttributes" FROM pg_roles WHERE rolname = $1`,
    [name],
  );
  return rows[0];
}

/** Finds the role as only a superuser can, with its verifier. */
async function compareRole(
  superuser: pg.Client,
  name: string,
  verifier: string,
): Promise<KnownRole | undefined> {
  const { rows } = await superuser.query<KnownRole>(
    `SELECT ${HAS_ATTRIBUTES} AS "hasAttributes",
      rolpassword IS NOT DISTINCT FROM $2 AS "hasVerifier"
    FROM pg_authid WHERE rolname = $1`,
    [name, verifier],
  );
  return rows[0];
}

/** Sets the superuser's password alone: its attributes are the server's own matter. */
export async function ensureVerifier(
  superuser: pg.Client,
  name: string,
  verifier: string,
): Promise<Outcome> {
  const { rowCount } = await superuser.query(
    'SELECT FROM pg_authid WHERE rolname = $1 AND rolpassword = $2',
    [name, verifier],
  );
  if (rowCount === 1) return 'unchanged';
  await superuser.query(`ALTER ROLE ${escapeIdentifier(name)} PASSWORD ${escapeLiteral(verifier)}`);
  return 'changed';
}

/**
 * Makes the role a member of those of these groups that the server has;
 * `pg_use_reserved_connections` came with Postgres 16.
 * @returns the groups that this admin may not grant.
 */
export async function ensureMembership(
  superuser: pg.Client,
  name: string,
  groups: readonly string[],
): Promise<readonly string[]> {
  const refused: string[] = [];
  const { rows } = await superuser.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)',
    [groups],
  );
  for (const { rolname } of rows) {
    if (
      !(await isPermitted(
        superuser.query(`GRANT ${escapeIdentifier(rolname)} TO ${escapeIdentifier(name)}`),
      ))
    )
      refused.push(rolname);
  }
  return refused;
}

/**
 * Makes the role's own settings equal these; they hold for server connections made from then on.
 */
export async function ensureRoleSettings(
  superuser: pg.Client,
  { name, settings }: Pick<LoginRole, 'name' | 'settings'>,
): Promise<Outcome> {
  const { rows } = await superuser.query<{ entry: string }>(
    `SELECT unnest(setconfig) AS entry
    FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
    WHERE setdatabase = 0 AND rolname = $1`,
    [name],
  );
  const known = new Map(
    rows.map(({ entry }) => [
      entry.slice(0, entry.indexOf('=')),
      entry.slice(entry.indexOf('=') + 1),
    ]),
  );
  const changes = [
    ...Object.entries(settings)
      .filter(([key, value]) => known.get(key) !== value)
      .map(([key, value]) => `SET ${quoteSetting(key)} TO ${escapeLiteral(value)}`),
    ...[...known.keys()]
      .filter((key) => !Object.hasOwn(settings, key))
      .map((key) => `RESET ${quoteSetting(key)}`),
  ];
  for (const change of changes)
    await superuser.query(`ALTER ROLE ${escapeIdentifier(name)} ${change}`);
  return changes.length === 0 ? 'unchanged' : 'changed';
}

/** `a.b` is two identifiers. */
function quoteSetting(key: string): string {
  return key.split('.').map(escapeIdentifier).join('.');
}
