import type { AppEnvironmentVariables } from '../../app/src/environment/app-environment.ts';
import type { Plan } from '../plan/plan.ts';
import {
  MONITORING_DIRECTORY,
  MONITORING_PLAN_FILE,
  SECRETS_DIRECTORY,
} from '../settings/standard-names.ts';
import { nodeOptions } from './node-options.ts';
import { secretPaths, textsOf } from './own-variables.ts';

/**
 * Requests a minute that one client address may send to the public API; a person's script, not a
 * crawler.
 */
const PUBLIC_RATE_LIMIT_PER_MINUTE = 6_000;

/**
 * The app's environment, and its Node's: the only place that writes it. Its secrets are paths of
 * files, see {@link appSecretFiles}.
 */
export function renderAppEnvironment({
  settings,
  timeouts,
  statementNames,
  pooler,
}: Plan): AppEnvironmentVariables & { readonly NODE_OPTIONS: string } {
  const { wait, drain } = timeouts;
  return {
    ...textsOf(settings.app.env),
    ...secretPaths(Object.keys(settings.app.secrets)),
    NODE_OPTIONS: nodeOptions(settings.app),
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
