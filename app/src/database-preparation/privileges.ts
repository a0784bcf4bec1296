import pg from 'pg';
import { describePostgresError } from './preparation-error.ts';
import type { Preparation } from './preparation.ts';
import type { Outcome } from './roles.ts';

/** Quoted role names; `apps` is a list as GRANT takes it. */
type Names = { readonly [Part in 'owner' | 'apps' | 'monitor']: string };

/** Schema of pg_stat_statements, so that `public` is the migrations' alone. */
const MONITORING_SCHEMA = 'monitoring';

const { escapeIdentifier } = pg;

export function namesOf({ owner, app, earlierApps, monitor }: Preparation): Names {
  const apps = [app, ...earlierApps].map(({ name }) => escapeIdentifier(name)).join(', ');
  return { owner: escapeIdentifier(owner.name), apps, monitor: escapeIdentifier(monitor.name) };
}

/** Makes the database, or gives it to its owner. Runs while connected to another one. */
export async function ensureDatabase(
  superuser: pg.Client,
  database: string,
  owner: string,
): Promise<Outcome> {
  const { rows } = await superuser.query<{ owner: string }>(
    'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
    [database],
  );
  const quoted = escapeIdentifier(database);
  if (rows[0] === undefined) {
    await superuser.query(`CREATE DATABASE ${quoted} OWNER ${escapeIdentifier(owner)}`);
    return 'created';
  }
  if (rows[0].owner === owner) return 'unchanged';
  await superuser.query(`ALTER DATABASE ${quoted} OWNER TO ${escapeIdentifier(owner)}`);
  return 'changed';
}

/** Grants what pgBackRest calls while it copies the files; it logs in to this database. */
export async function grantBackup(superuser: pg.Client, backup: string): Promise<void> {
  await superuser.query(`
    GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean), pg_backup_stop(boolean),
      pg_switch_wal(), pg_create_restore_point(text)
    TO ${escapeIdentifier(backup)}`);
}

/**
 * Grants who may connect, see the schema, and use what the owner makes from now on. Runs as
 * superuser in the database. The app gets rows and nothing else: no TEMP either, since temporary
 * tables belong to a session, and a pooler shares those.
 */
export async function grantPrivileges(
  superuser: pg.Client,
  database: string,
  { owner, apps, monitor }: Names,
): Promise<void> {
  await superuser.query(`
    REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${apps}, ${monitor};
    ALTER SCHEMA public OWNER TO ${owner};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${apps};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public
      GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${apps};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public
      GRANT USAGE, SELECT ON SEQUENCES TO ${apps};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public
      GRANT EXECUTE ON FUNCTIONS TO ${apps}`);
}

/**
 * Grants the same on tables made before the default privileges. Runs as owner after the migrations,
 * whose own table stays the owner's alone.
 */
export async function grantOnTables(ownerClient: pg.Client, { apps }: Names): Promise<void> {
  await ownerClient.query(`
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${apps};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${apps};
    REVOKE ALL ON public._prisma_migrations FROM ${apps}`);
}

/**
 * Creates the extension, which needs no preload; its view works once the server preloads the
 * library.
 */
export async function ensureStatementStatistics(
  superuser: pg.Client,
  { monitor }: Names,
): Promise<void> {
  await superuser.query(`
    CREATE SCHEMA IF NOT EXISTS ${MONITORING_SCHEMA};
    CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA ${MONITORING_SCHEMA};
    GRANT USAGE ON SCHEMA ${MONITORING_SCHEMA} TO ${monitor}`);
}

/**
 * Finds out why the statement statistics cannot be read. What is missing is the server's own
 * matter, and costs one route of the app.
 */
export async function findStatisticsTrouble(
  admin: pg.Client,
  ensure: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await ensure();
    await admin.query(`SELECT FROM ${MONITORING_SCHEMA}.pg_stat_statements LIMIT 1`);
    return undefined;
  } catch (error) {
    return describePostgresError(error);
  }
}
