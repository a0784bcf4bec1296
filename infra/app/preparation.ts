import type { Preparation } from '../../app/src/database-preparation/preparation.ts';
import type { Credential, Credentials } from '../credentials.ts';
import { locate } from '../plan/addresses.ts';
import { SUPERUSER_RESERVED } from '../plan/connection-budget.ts';
import type { Plan } from '../plan/plan.ts';
import { planExternalServer } from '../plan/postgres/external.ts';
import { DATABASE } from '../settings/standard-names.ts';

const CONNECT_WAIT_SECONDS = 60;

/** What the one-shot needs to prepare the database, past the pooler. */
export function planPreparation(
  { settings, app, timeouts, pooler, backup }: Plan,
  credentials: Credentials,
): Preparation {
  const { wait } = timeouts;
  const addresses = locate(settings);
  const appRole = ({ name, verifier }: Credential): Preparation['app'] => ({
    name,
    verifier,
    settings: {
      statement_timeout: `${wait.statementMs}ms`,
      idle_in_transaction_session_timeout: `${wait.idleInTransactionMs}ms`,
      lock_timeout: `${wait.acquireMs}ms`,
    },
  });
  const { external } = settings.postgres;
  return {
    database: external?.database ?? DATABASE,
    ...(external === undefined
      ? { server: addresses.postgres, superuser: planSuperuser(credentials) }
      : {
          ...planExternalServer(settings.postgres, external, SUPERUSER_RESERVED),
          environment: settings.environment,
          superuser: { name: external.adminUser, passwords: [credentials.postgresAdminPassword] },
        }),
    owner: credentials.owner,
    app: appRole(credentials.app),
    earlierApps: credentials.earlierApps.map(appRole),
    monitor: {
      name: credentials.monitor.name,
      verifier: credentials.monitor.verifier,
      settings: { statement_timeout: `${wait.acquireMs}ms` },
    },
    ...(backup === 'off'
      ? {}
      : { backup: { name: credentials.backup.name, verifier: credentials.backup.verifier } }),
    // On Kubernetes there are many bouncers, and each gets RECONNECT in its own pod.
    pooler:
      pooler === 'off' || settings.target === 'kubernetes'
        ? null
        : {
            ...addresses.pooler,
            user: credentials.poolerAdmin.name,
            password: credentials.poolerAdmin.password,
          },
    ...(app === 'ours' ? {} : { isSchemaElsewhere: true }),
    waitSeconds: CONNECT_WAIT_SECONDS,
  };
}

const planSuperuser = ({
  superuser,
  earlierSuperuserPasswords,
}: Credentials): Preparation['superuser'] => ({
  name: superuser.name,
  passwords: [superuser.password, ...earlierSuperuserPasswords],
  verifier: superuser.verifier,
});
