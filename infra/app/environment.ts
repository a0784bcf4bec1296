import type { AppEnvironmentVariables } from '../../app/src/environment/app-environment.ts';
import type { Preparation } from '../../app/src/database-preparation/preparation.ts';
import {
  type Address,
  DATABASE,
  locate,
  MONITORING_DIRECTORY,
  MONITORING_PLAN_FILE,
  REDIS_PORT,
} from '../plan/addresses.ts';
import { SUPERUSER_RESERVED } from '../plan/connection-budget.ts';
import type { Credential, Credentials } from '../credentials.ts';
import type { Plan } from '../plan/plan.ts';
import {
  ownAuthorities,
  planExternalServer,
  SERVER_CA_FILE,
  tlsParameters,
} from '../plan/postgres/external.ts';
import { REDIS_USER } from '../plan/redis.ts';

/** Where secret files lie inside a container. */
export const SECRETS_DIRECTORY = '/run/secrets';

/** Requests a minute that one client address may send to the public API; a person's script, not a crawler. */
const PUBLIC_RATE_LIMIT_PER_MINUTE = 6_000;
const CONNECT_WAIT_SECONDS = 60;

/** The app's environment: the only place that writes it. Its secrets are paths of files, see {@link appSecretFiles}. */
export function renderAppEnvironment({
  settings,
  timeouts,
  statementNames,
  pooler,
}: Plan): AppEnvironmentVariables {
  const { wait, drain } = timeouts;
  return {
    ENVIRONMENT: settings.environment,
    HOST: '0.0.0.0',
    PORT: String(settings.app.port),
    ADMIN_PORT: String(settings.app.adminPort),
    LOG_FORMAT: settings.app.logFormat,
    LOG_LEVEL: 'info',
    DATABASE_URL_FILE: `${SECRETS_DIRECTORY}/database-url`,
    DATABASE_POOL_MAX: String(settings.app.poolMax),
    DATABASE_ACQUIRE_TIMEOUT_MS: String(wait.acquireMs),
    DATABASE_IDLE_TIMEOUT_MS: '10000',
    DATABASE_MAX_LIFETIME_SECONDS: String(drain.clientLifetimeSeconds),
    DATABASE_TRANSACTION_TIMEOUT_MS: String(wait.transactionMs),
    DATABASE_STATEMENT_NAMES: String(statementNames),
    REDIS_URL_FILE: `${SECRETS_DIRECTORY}/redis-url`,
    REDIS_COMMAND_TIMEOUT_MS: String(wait.redisCommandMs),
    REQUEST_TIMEOUT_MS: String(wait.requestMs),
    KEEP_ALIVE_TIMEOUT_MS: String(wait.keepAliveMs),
    SHUTDOWN_DRAIN_DELAY_MS: '0',
    SHUTDOWN_DEADLINE_MS: String((drain.drainSeconds + drain.closingSeconds) * 1_000),
    PUBLIC_RATE_LIMIT_PER_MINUTE: String(PUBLIC_RATE_LIMIT_PER_MINUTE),
    MONITORING: 'on',
    MONITORING_PLAN_FILE: `${MONITORING_DIRECTORY}/${MONITORING_PLAN_FILE}`,
    ADMIN_TOKENS_FILE: `${SECRETS_DIRECTORY}/admin-tokens`,
    MONITOR_DATABASE_URL_FILE: `${SECRETS_DIRECTORY}/monitor-database-url`,
    ...(pooler === 'off'
      ? { POOLER_CONSOLE_URL: 'off' }
      : { POOLER_CONSOLE_URL_FILE: `${SECRETS_DIRECTORY}/pooler-console-url` }),
  };
}

/** Contents of the app's secret files by file name. */
export function appSecretFiles(
  { settings, pooler }: Plan,
  credentials: Credentials,
): Readonly<Record<string, string>> {
  const addresses = locate(settings);
  const { external } = settings.postgres;
  const authorities = external && ownAuthorities(external);
  const direct = (login: Credential): string =>
    databaseUrl(login, addresses.postgres, external?.database) +
    tlsParameters(external, `${SECRETS_DIRECTORY}/${SERVER_CA_FILE}`);
  return {
    'database-url':
      pooler === 'off' ? direct(credentials.app) : databaseUrl(credentials.app, addresses.pooler),
    'redis-url': `redis://${REDIS_USER}:${credentials.redisPassword}@redis:${REDIS_PORT}`,
    'admin-tokens': [credentials.adminToken, ...credentials.earlierAdminTokens]
      .map((token) => `${token}\n`)
      .join(''),
    // Past the pooler: what is measured must not be what it is measured through.
    'monitor-database-url': direct(credentials.monitor),
    ...(authorities === undefined ? {} : { [SERVER_CA_FILE]: authorities }),
    ...(pooler === 'off'
      ? {}
      : {
          'pooler-console-url': databaseUrl(
            credentials.poolerMonitor,
            addresses.pooler,
            'pgbouncer',
          ),
        }),
  };
}

/** What the one-shot needs to prepare the database, past the pooler. */
export function planPreparation(
  { settings, timeouts, pooler, backup }: Plan,
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
    // On Kubernetes there are many bouncers, and each is told in its own pod.
    pooler:
      pooler === 'off' || settings.target === 'kubernetes'
        ? null
        : {
            ...addresses.pooler,
            user: credentials.poolerAdmin.name,
            password: credentials.poolerAdmin.password,
          },
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

/** A libpq URL; the directory of a Unix socket is the host (libpq, "Connection URIs"). */
function databaseUrl(
  login: Credential,
  { host, port }: Address,
  database: string = DATABASE,
): string {
  return host.startsWith('/')
    ? `postgresql://${login.name}:${login.password}@/${database}?host=${host}&port=${port}`
    : tcpUrl(login, `${host}:${port}`, database);
}

/** A libpq URL over TCP. */
export function tcpUrl(
  { name, password }: Credential,
  address: string,
  database: string = DATABASE,
): string {
  return `postgresql://${name}:${password}@${address}/${database}`;
}
