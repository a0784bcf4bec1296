import type { Preparation } from './preparation.ts';
import { connectDirectly } from './direct-connection.ts';
import { hideStatements, joinOwner, readAdminRights } from './admin-rights.ts';
import type { Migration } from './migration-files.ts';
import { applyMigrations } from './migrations.ts';
import { reconnectPooler } from './pooler-reconnect.ts';
import {
  ensureDatabase,
  ensureStatementStatistics,
  findStatisticsTrouble,
  grantBackup,
  grantOnTables,
  grantPrivileges,
  namesOf,
} from './privileges.ts';
import { ensureMembership, ensureRole, ensureRoleSettings, ensureVerifier } from './roles.ts';
import { claimServer, refuseClaimedServer } from './server-claim.ts';
import { checkServerOffer } from './server-offer.ts';

/** Database that exists before any of ours. */
const MAINTENANCE_DATABASE = 'postgres';
const MONITOR_GROUPS = ['pg_monitor', 'pg_use_reserved_connections'];
/** A backup must not fail because the app has all the other connections. */
const BACKUP_GROUPS = ['pg_read_all_settings', 'pg_use_reserved_connections'];

type Report = (line: string) => void;

/**
 * Brings roles, database, privileges, settings and schema to the wanted state; a second run changes
 * nothing.
 * @throws {PreparationError} for what a person has to mend.
 */
export async function prepareDatabase(
  wanted: Preparation,
  migrations: readonly Migration[],
  report: Report,
): Promise<void> {
  report(
    `server ${wanted.server.host}, port ${wanted.server.port}: ` +
      `waiting up to ${wanted.waitSeconds} s`,
  );
  await prepareServer(wanted, report);
  await prepareInside(wanted, report);
  if (wanted.isSchemaElsewhere === true) report('migrations: those of the app, by itself');
  else await migrate(wanted, migrations, report);
  if (wanted.pooler === null) return;
  const isRunning = await reconnectPooler(wanted.pooler);
  report(`pooler: ${isRunning ? 'reconnects' : 'not running, nothing to reconnect'}`);
}

/** Prepares what belongs to the whole server: roles and the database itself. */
async function prepareServer(wanted: Preparation, report: Report): Promise<void> {
  const { database, owner, app, earlierApps, monitor, backup, counted, environment } = wanted;
  await using session = await openAdminSession(wanted, MAINTENANCE_DATABASE);
  const { client } = session;
  if (counted !== undefined) {
    const offer = await checkServerOffer(client, wanted, counted);
    report(
      `connections: max_connections ${offer.maxConnections}, as many as the plan counts on or more`,
    );
  }
  if (environment !== undefined) await refuseClaimedServer(client, wanted, environment);
  const rights = await readAdminRights(client);
  const shown = await hideStatements(client);
  if (shown.length > 0)
    report(
      `${rights.name} may not change ${shown.join(', ')}: if the server logs every statement, ` +
        'its log shows SCRAM verifiers, never passwords',
    );
  for (const role of [
    owner,
    app,
    ...earlierApps,
    monitor,
    ...(backup === undefined ? [] : [backup]),
  ]) {
    report(`role ${role.name}: ${await ensureRole(client, rights, role)}`);
  }
  if (environment !== undefined) await claimServer(client, owner.name, environment);
  if (!rights.isSuperuser) await joinOwner(client, owner.name);
  for (const group of await ensureMembership(client, monitor.name, MONITOR_GROUPS)) {
    report(
      `role ${monitor.name}: not in ${group}, which ${rights.name} may not grant; without ` +
        'pg_monitor the monitoring sees its own session alone',
    );
  }
  if (backup !== undefined) {
    await ensureMembership(client, backup.name, BACKUP_GROUPS);
    await grantBackup(client, backup.name);
  }
  for (const role of [app, ...earlierApps, monitor])
    report(`settings of ${role.name}: ${await ensureRoleSettings(client, role)}`);
  report(`database ${database}: ${await ensureDatabase(client, database, owner.name)}`);
}

/**
 * Prepares what belongs to the database. The superuser's new password comes last: until then a
 * failed run can be repeated with the old one.
 */
async function prepareInside(wanted: Preparation, report: Report): Promise<void> {
  const { database, superuser, counted } = wanted;
  await using session = await openAdminSession(wanted, database);
  const { client } = session;
  await hideStatements(client);
  await grantPrivileges(client, database, namesOf(wanted));
  report('privileges: as wanted');
  const ensureStatistics = () => ensureStatementStatistics(client, namesOf(wanted));
  const trouble =
    counted === undefined
      ? await ensureStatistics()
      : await findStatisticsTrouble(client, ensureStatistics);
  report(
    trouble === undefined
      ? 'pg_stat_statements: as wanted'
      : `pg_stat_statements: not usable, so slow queries are not listed: ${trouble}`,
  );
  if (superuser.verifier !== undefined)
    report(
      `password of ${superuser.name}: ` +
        `${await ensureVerifier(client, superuser.name, superuser.verifier)}`,
    );
}

async function migrate(
  wanted: Preparation,
  migrations: readonly Migration[],
  report: Report,
): Promise<void> {
  const { server, database, owner, waitSeconds } = wanted;
  await using session = await openSession({
    ...server,
    database,
    user: owner.name,
    passwords: [owner.password],
    waitSeconds,
  });
  const applied = await applyMigrations(session.client, migrations, report);
  await grantOnTables(session.client, namesOf(wanted));
  report(`migrations: ${applied.length} applied, ${migrations.length - applied.length} were there`);
}

function openAdminSession({ server, superuser, waitSeconds }: Preparation, database: string) {
  const isOurs = superuser.verifier !== undefined;
  const remedy = isOurs
    ? {}
    : {
        passwordRemedy:
          'Set the right one: ' +
          'npm run pulumi -- config set --secret postgresAdminPassword -s STACK.',
      };
  return openSession({
    ...server,
    database,
    user: superuser.name,
    passwords: superuser.passwords,
    waitSeconds,
    ...remedy,
  });
}

/** Opens a direct connection that ends with its block. */
async function openSession(login: Parameters<typeof connectDirectly>[0]) {
  const client = await connectDirectly(login);
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
