import type { AppEnvironmentVariables } from '../app/src/env.ts';
import type { Preparation } from '../app/src/preparation.ts';
import { DATABASE, POOLER_PORT, POOLER_SOCKET_DIRECTORY, POSTGRES_PORT, POSTGRES_SOCKET_DIRECTORY } from './addresses.ts';
import type { Credential, Credentials } from './credentials.ts';
import type { Plan } from './plan.ts';
import { REDIS_USER } from './redis/config.ts';

/** Where the secret files lie inside the app's and the one-shot's container. */
export const SECRETS_DIRECTORY = '/run/secrets';

/** Requests a minute that one client address may send to the public API; a person's script, not a crawler. */
const PUBLIC_RATE_LIMIT_PER_MINUTE = 6_000;
const CONNECT_WAIT_SECONDS = 60;

/** The app's environment: the only place that writes it. Its secrets are paths of files, see {@link appSecretFiles}. */
export function renderAppEnvironment({ settings, timeouts, statementNames }: Plan): AppEnvironmentVariables {
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
    MONITORING: 'off',
  };
}

/** Contents of the app's secret files by file name. */
export function appSecretFiles({ pooler }: Plan, credentials: Credentials): Readonly<Record<'database-url' | 'redis-url', string>> {
  const [directory, port] = pooler === 'off' ? [POSTGRES_SOCKET_DIRECTORY, POSTGRES_PORT] : [POOLER_SOCKET_DIRECTORY, POOLER_PORT];
  return {
    'database-url': socketUrl(credentials.app, directory, port),
    'redis-url': `redis://${REDIS_USER}:${credentials.redisPassword}@redis:6379`,
  };
}

/** What the one-shot needs to prepare the database: past the pooler, over Postgres' socket. */
export function planPreparation({ timeouts, pooler }: Plan, credentials: Credentials): Preparation {
  const { wait } = timeouts;
  return {
    server: { host: POSTGRES_SOCKET_DIRECTORY, port: POSTGRES_PORT },
    database: DATABASE,
    superuser: {
      name: credentials.superuser.name,
      passwords: [credentials.superuser.password, ...credentials.earlierSuperuserPasswords],
      verifier: credentials.superuser.verifier,
    },
    owner: credentials.owner,
    app: {
      name: credentials.app.name,
      verifier: credentials.app.verifier,
      settings: {
        statement_timeout: `${wait.statementMs}ms`,
        idle_in_transaction_session_timeout: `${wait.idleInTransactionMs}ms`,
        lock_timeout: `${wait.acquireMs}ms`,
      },
    },
    monitor: { name: credentials.monitor.name, verifier: credentials.monitor.verifier, settings: { statement_timeout: `${wait.acquireMs}ms` } },
    pooler:
      pooler === 'off'
        ? null
        : { host: POOLER_SOCKET_DIRECTORY, port: POOLER_PORT, user: credentials.poolerAdmin.name, password: credentials.poolerAdmin.password },
    waitSeconds: CONNECT_WAIT_SECONDS,
  };
}

/** A libpq URL over a Unix socket: the directory is the host (libpq, "Connection URIs"). */
function socketUrl({ name, password }: Credential, directory: string, port: number): string {
  return `postgresql://${name}:${password}@/${DATABASE}?host=${directory}&port=${port}`;
}

/** A libpq URL over TCP. */
export function tcpUrl({ name, password }: Credential, address: string, database: string = DATABASE): string {
  return `postgresql://${name}:${password}@${address}/${database}`;
}
