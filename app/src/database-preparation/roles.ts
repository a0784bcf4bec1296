import pg from 'pg';
import type { LoginRole } from './preparation.ts';
import { isPermitted } from './limited-admin.ts';

export type Outcome = 'created' | 'changed' | 'unchanged' | 'password set again';

/** What a role of ours may not do, whoever made it. */
const ATTRIBUTES = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';

const { escapeIdentifier, escapeLiteral } = pg;

/** Keeps verifiers out of the server's log and out of pg_stat_statements for this session; as superuser. */
export async function keepStatementsPrivate(superuser: pg.Client): Promise<void> {
  await superuser.query(`
    SET log_statement = 'none';
    SET log_min_duration_statement = -1;
    SET log_min_error_statement = 'panic';
    SET pg_stat_statements.track_utility = off`);
}

/** Makes the role, or gives it back its attributes and verifier; open sessions go on. */
export async function ensureRole(
  superuser: pg.Client,
  name: string,
  verifier: string,
): Promise<Outcome> {
  const { rows } = await superuser.query<{ fits: boolean }>(
    `SELECT rolpassword IS NOT DISTINCT FROM $2 AND rolcanlogin AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) AS fits
     FROM pg_authid WHERE rolname = $1`,
    [name, verifier],
  );
  if (rows[0]?.fits === true) return 'unchanged';
  const verb = rows.length === 0 ? 'CREATE' : 'ALTER';
  await superuser.query(
    `${verb} ROLE ${escapeIdentifier(name)} ${ATTRIBUTES} PASSWORD ${escapeLiteral(verifier)}`,
  );
  return verb === 'CREATE' ? 'created' : 'changed';
}

/** Only the password: a superuser's attributes are the server's own matter. */
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
 * Makes the role a member of those of these groups that the server has; `pg_use_reserved_connections` came with Postgres 16.
 * @returns the groups that only somebody else could grant.
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

/** Makes the role's own settings equal these; they hold for server connections made from then on. */
export async function ensureRoleSettings(
  superuser: pg.Client,
  { name, settings }: Pick<LoginRole, 'name' | 'settings'>,
): Promise<Outcome> {
  const { rows } = await superuser.query<{ entry: string }>(
    `SELECT unnest(setconfig) AS entry FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole WHERE setdatabase = 0 AND rolname = $1`,
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
