import type { Preparation } from '../preparation.ts';
import { connectDirectly } from './direct-connection.ts';
import type { Migration } from './migration-files.ts';
import { applyMigrations } from './migrations.ts';
import { reconnectPooler } from './pooler-reconnect.ts';
import { ensureDatabase, ensureStatementStatistics, grantBackup, grantOnTables, grantPrivileges, namesOf } from './privileges.ts';
import { ensureMembership, ensureRole, ensureRoleSettings, ensureVerifier, keepStatementsPrivate } from './roles.ts';

/** There before any database of ours is. */
const MAINTENANCE_DATABASE = 'postgres';
const MONITOR_GROUPS = ['pg_monitor', 'pg_use_reserved_connections'];
/** A backup must not fail because the app has all the other connections. */
const BACKUP_GROUPS = ['pg_read_all_settings', 'pg_use_reserved_connections'];

type Report = (line: string) => void;

/**
 * Brings roles, database, privileges, settings and schema to what is wanted, whatever was there; a second run changes nothing.
 * @throws {PreparationError} for what a person has to mend.
 */
export async function prepareDatabase(wanted: Preparation, migrations: readonly Migration[], report: Report): Promise<void> {
  report(`server ${wanted.server.host}, port ${wanted.server.port}: waiting up to ${wanted.waitSeconds} s`);
  await prepareServer(wanted, report);
  await prepareInside(wanted, report);
  await migrate(wanted, migrations, report);
  if (wanted.pooler === null) return;
  const isRunning = await reconnectPooler(wanted.pooler);
  report(`pooler: ${isRunning ? 'reconnects' : 'not running, nothing to reconnect'}`);
}

/** What belongs to the whole server: roles and the database itself. */
async function prepareServer({ server, database, superuser, owner, app, earlierApps, monitor, backup, waitSeconds }: Preparation, report: Report): Promise<void> {
  const login = { ...server, database: MAINTENANCE_DATABASE, user: superuser.name, passwords: superuser.passwords, waitSeconds };
  await using session = await openSession(login);
  await keepStatementsPrivate(session.client);
  for (const { name, verifier } of [owner, app, ...earlierApps, monitor, ...(backup === undefined ? [] : [backup])]) {
    report(`role ${name}: ${await ensureRole(session.client, name, verifier)}`);
  }
  await ensureMembership(session.client, monitor.name, MONITOR_GROUPS);
  if (backup !== undefined) {
    await ensureMembership(session.client, backup.name, BACKUP_GROUPS);
    await grantBackup(session.client, backup.name);
  }
  for (const role of [app, ...earlierApps, monitor]) report(`settings of ${role.name}: ${await ensureRoleSettings(session.client, role)}`);
  report(`database ${database}: ${await ensureDatabase(session.client, database, owner.name)}`);
}

/** What belongs to the database. The superuser's new password comes last: until then a failed run can be run again with the old one. */
async function prepareInside(wanted: Preparation, report: Report): Promise<void> {
  const { server, database, superuser, waitSeconds } = wanted;
  await using session = await openSession({ ...server, database, user: superuser.name, passwords: superuser.passwords, waitSeconds });
  await keepStatementsPrivate(session.client);
  await grantPrivileges(session.client, database, namesOf(wanted));
  await ensureStatementStatistics(session.client, namesOf(wanted));
  report('privileges and pg_stat_statements: as wanted');
  report(`password of ${superuser.name}: ${await ensureVerifier(session.client, superuser.name, superuser.verifier)}`);
}

async function migrate(wanted: Preparation, migrations: readonly Migration[], report: Report): Promise<void> {
  const { server, database, owner, waitSeconds } = wanted;
  await using session = await openSession({ ...server, database, user: owner.name, passwords: [owner.password], waitSeconds });
  const applied = await applyMigrations(session.client, migrations, report);
  await grantOnTables(session.client, namesOf(wanted));
  report(`migrations: ${applied.length} applied, ${migrations.length - applied.length} were there`);
}

/** A direct connection that ends with its block. */
async function openSession(login: Parameters<typeof connectDirectly>[0]) {
  const client = await connectDirectly(login);
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
