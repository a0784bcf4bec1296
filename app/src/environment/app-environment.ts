import { type AdminTokens, readAdminTokens } from './admin-tokens.ts';
import { readDatabaseUrl, type DatabaseAddress } from './database-url.ts';
import { FaultyInputError } from './fault.ts';
import { readRedisUrl, type RedisAddress } from './redis-url.ts';
import { VariableReader, type Variables } from './variable-reader.ts';

/**
 * The variables as the process gets them; each secret `X` may come as the path `X_FILE` of a file
 * that holds it.
 */
export type AppEnvironmentVariables = Readonly<Record<PlainVariable, string>> &
  SecretVariable<'DATABASE_URL'> &
  SecretVariable<'REDIS_URL'> &
  (Readonly<Record<'MONITORING', 'off'>> | MonitoringVariables);

type MonitoringVariables = Readonly<
  Record<'MONITORING', 'on'> & Record<'MONITORING_PLAN_FILE', string>
> &
  SecretVariable<'ADMIN_TOKENS'> &
  SecretVariable<'MONITOR_DATABASE_URL'> &
  (SecretVariable<'POOLER_CONSOLE_URL'> | Readonly<Record<'POOLER_CONSOLE_URL', 'off'>>);

type PlainVariable =
  | 'ENVIRONMENT'
  | 'HOST'
  | 'PORT'
  | 'ADMIN_PORT'
  | 'LOG_FORMAT'
  | 'LOG_LEVEL'
  | 'DATABASE_POOL_MAX'
  | 'DATABASE_ACQUIRE_TIMEOUT_MS'
  | 'DATABASE_IDLE_TIMEOUT_MS'
  | 'DATABASE_MAX_LIFETIME_SECONDS'
  | 'DATABASE_TRANSACTION_TIMEOUT_MS'
  | 'DATABASE_STATEMENT_NAMES'
  | 'REDIS_COMMAND_TIMEOUT_MS'
  | 'REQUEST_TIMEOUT_MS'
  | 'KEEP_ALIVE_TIMEOUT_MS'
  | 'SHUTDOWN_DRAIN_DELAY_MS'
  | 'SHUTDOWN_DEADLINE_MS'
  | 'PUBLIC_RATE_LIMIT_PER_MINUTE';

type SecretVariable<Name extends string> =
  Readonly<Record<Name, string>> | Readonly<Record<`${Name}_FILE`, string>>;

const LOG_FORMATS = ['json', 'pretty'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * Configuration of the app. Nothing else in it reads the environment, except the one-shot
 * (migrate.ts), which has variables of its own.
 */
export interface AppEnv {
  /** The stack's name, for logs. */
  readonly environment: string;
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  readonly log: {
    readonly format: (typeof LOG_FORMATS)[number];
    readonly level: (typeof LOG_LEVELS)[number];
  };
  readonly database: DatabaseSettings;
  readonly redis: RedisSettings;
  /** Within this each request is answered, whatever hangs behind it. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly shutdown: { readonly drainDelayMs: number; readonly deadlineMs: number };
  readonly publicRateLimitPerMinute: number;
  /** Without it nothing is measured or logged, and the admin routes are not there. */
  readonly monitoring: MonitoringSettings | 'off';
}

export interface DatabaseSettings {
  readonly address: DatabaseAddress;
  readonly poolMax: number;
  /** Covers waiting for a free client connection and making a new one. */
  readonly acquireTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxLifetimeSeconds: number;
  readonly transactionTimeoutMs: number;
  /**
   * How many statements may get a name, or `off` where the pooler does not keep prepared
   * statements.
   */
  readonly statementNames: number | 'off';
}

export interface RedisSettings {
  readonly address: RedisAddress;
  readonly commandTimeoutMs: number;
}

export interface MonitoringSettings {
  /**
   * The path of the file with the planned limits, see monitoring-plan.ts; it may change while the
   * process runs.
   */
  readonly planFile: string;
  /** Any one of them opens the admin routes: during a rotation the old and the new one. */
  readonly adminTokens: AdminTokens;
  /** The server itself, past the pooler, as a role that sees its statistics. */
  readonly database: DatabaseAddress;
  /** PgBouncer's console, as one of its `stats_users`. */
  readonly poolerConsole: DatabaseAddress | 'off';
}

const ON_OFF = ['on', 'off'] as const;
const MINUTE_MS = 60_000;
const DAY_SECONDS = 86_400;

/**
 * Reads the whole environment once and freezes it.
 * @param readFile how to read the file that an `X_FILE` names; gives its text.
 * @throws {FaultyInputError} with all faults at once; values are never part of it.
 */
export function readAppEnv(variables: Variables, readFile: (path: string) => string): AppEnv {
  const read = new VariableReader(variables, readFile);
  const env: AppEnv = {
    environment: read.text('ENVIRONMENT'),
    host: read.text('HOST'),
    port: read.integer('PORT', { min: 1, max: 65_535 }),
    adminPort: read.integer('ADMIN_PORT', { min: 1, max: 65_535 }),
    log: {
      format: read.word('LOG_FORMAT', LOG_FORMATS),
      level: read.word('LOG_LEVEL', LOG_LEVELS),
    },
    database: {
      address: read.secret('DATABASE_URL', readDatabaseUrl),
      poolMax: read.integer('DATABASE_POOL_MAX', { min: 1, max: 1_000 }),
      acquireTimeoutMs: read.integer('DATABASE_ACQUIRE_TIMEOUT_MS', { min: 1, max: MINUTE_MS }),
      idleTimeoutMs: read.integer('DATABASE_IDLE_TIMEOUT_MS', { min: 1, max: 60 * MINUTE_MS }),
      maxLifetimeSeconds: read.integer('DATABASE_MAX_LIFETIME_SECONDS', {
        min: 1,
        max: DAY_SECONDS,
      }),
      transactionTimeoutMs: read.integer('DATABASE_TRANSACTION_TIMEOUT_MS', {
        min: 1,
        max: 10 * MINUTE_MS,
      }),
      statementNames: read.integerOrWord(
        'DATABASE_STATEMENT_NAMES',
        { min: 1, max: 10_000 },
        'off',
      ),
    },
    redis: {
      address: read.secret('REDIS_URL', readRedisUrl),
      commandTimeoutMs: read.integer('REDIS_COMMAND_TIMEOUT_MS', { min: 1, max: MINUTE_MS }),
    },
    requestTimeoutMs: read.integer('REQUEST_TIMEOUT_MS', { min: 1, max: 10 * MINUTE_MS }),
    keepAliveTimeoutMs: read.integer('KEEP_ALIVE_TIMEOUT_MS', { min: 1, max: 60 * MINUTE_MS }),
    shutdown: {
      drainDelayMs: read.integer('SHUTDOWN_DRAIN_DELAY_MS', { min: 0, max: 10 * MINUTE_MS }),
      deadlineMs: read.integer('SHUTDOWN_DEADLINE_MS', { min: 1, max: 60 * MINUTE_MS }),
    },
    publicRateLimitPerMinute: read.integer('PUBLIC_RATE_LIMIT_PER_MINUTE', {
      min: 1,
      max: 10_000_000,
    }),
    monitoring: read.word('MONITORING', ON_OFF) === 'off' ? 'off' : readMonitoringSettings(read),
  };
  read.increasing(
    'REDIS_COMMAND_TIMEOUT_MS',
    'DATABASE_ACQUIRE_TIMEOUT_MS',
    'DATABASE_TRANSACTION_TIMEOUT_MS',
    'REQUEST_TIMEOUT_MS',
  );
  read.increasing('SHUTDOWN_DRAIN_DELAY_MS', 'SHUTDOWN_DEADLINE_MS');
  if (read.faults.length > 0)
    throw new FaultyInputError('The environment is not usable', read.faults);
  return deepFreeze(env);
}

function readMonitoringSettings(read: VariableReader): MonitoringSettings {
  return {
    planFile: read.text('MONITORING_PLAN_FILE'),
    adminTokens: read.secret('ADMIN_TOKENS', readAdminTokens),
    database: read.secret('MONITOR_DATABASE_URL', readDatabaseUrl),
    poolerConsole: read.secretOrWord('POOLER_CONSOLE_URL', readDatabaseUrl, 'off'),
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value))
    if (typeof part === 'object' && part !== null) deepFreeze(part as object);
  return Object.freeze(value);
}
