import type { AppEnvironmentVariables } from '../../app/src/environment/app-environment.ts';
import { findSecret } from '../../policy/secret-value.ts';
import type { Fault } from './fault.ts';
import type { Settings } from './settings.ts';

type KeyOfEach<T> = T extends unknown ? keyof T : never;

/** Variables that the stack sets for the app; the type holds them against what the app reads. */
const SET_BY_THE_STACK: Readonly<
  Record<KeyOfEach<AppEnvironmentVariables> | 'NODE_OPTIONS', true>
> = {
  NODE_OPTIONS: true,
  ENVIRONMENT: true,
  HOST: true,
  PORT: true,
  ADMIN_PORT: true,
  LOG_FORMAT: true,
  LOG_LEVEL: true,
  DATABASE_URL: true,
  DATABASE_URL_FILE: true,
  DATABASE_POOL_MAX: true,
  DATABASE_ACQUIRE_TIMEOUT_MS: true,
  DATABASE_IDLE_TIMEOUT_MS: true,
  DATABASE_MAX_LIFETIME_SECONDS: true,
  DATABASE_TRANSACTION_TIMEOUT_MS: true,
  DATABASE_STATEMENT_NAMES: true,
  REDIS_URL: true,
  REDIS_URL_FILE: true,
  REDIS_COMMAND_TIMEOUT_MS: true,
  REQUEST_TIMEOUT_MS: true,
  KEEP_ALIVE_TIMEOUT_MS: true,
  SHUTDOWN_DRAIN_DELAY_MS: true,
  SHUTDOWN_DEADLINE_MS: true,
  PUBLIC_RATE_LIMIT_PER_MINUTE: true,
  MONITORING: true,
  MONITORING_PLAN_FILE: true,
  ADMIN_TOKENS: true,
  ADMIN_TOKENS_FILE: true,
  MONITOR_DATABASE_URL: true,
  MONITOR_DATABASE_URL_FILE: true,
  POOLER_CONSOLE_URL: true,
  POOLER_CONSOLE_URL_FILE: true,
};

/** Variables that the stack sets for an image that is not ours; a test holds them. */
const SET_FOR_ANY_IMAGE = [
  'ENVIRONMENT',
  'PORT',
  'DATABASE_POOL_MAX',
  'SHUTDOWN_GRACE_SECONDS',
  'DATABASE_URL',
  'DATABASE_URL_FILE',
  'REDIS_URL',
  'REDIS_URL_FILE',
];

/** Names as POSIX has them for variables, which every shell takes. */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Finds variables and secrets of the app that it must not get, or not so. */
export function checkAppVariables({
  environment,
  app: { image, env, secrets },
}: Settings): Fault[] {
  const taken = image === undefined ? Object.keys(SET_BY_THE_STACK) : SET_FOR_ANY_IMAGE;
  return [
    ...Object.keys(env).flatMap((name) =>
      checkName(`app.env.${name}`, name, { sets: [name], taken }),
    ),
    ...Object.keys(secrets).flatMap((name) =>
      checkName(`app.secrets.${name}`, name, { sets: [name, `${name}_FILE`], taken }),
    ),
    ...Object.keys(secrets).flatMap((name) => checkTwice(name, env)),
    ...Object.entries(env).flatMap(([name, value]) => checkPlain(name, String(value), environment)),
  ];
}

/** @param variables what the container gets for it, and what the stack sets. */
function checkName(
  key: string,
  name: string,
  { sets, taken }: { readonly sets: readonly string[]; readonly taken: readonly string[] },
): Fault[] {
  if (!VARIABLE_NAME.test(name))
    return [
      {
        key,
        got: 'a name that no shell takes',
        allowed: 'letters, digits and _, no digit first, at most 128',
        remedy: 'Rename it.',
      },
    ];
  return sets
    .filter((variable) => taken.includes(variable))
    .map((variable) => ({
      key,
      got: `${variable}, which the stack sets itself`,
      allowed: 'a name that the stack does not use',
      remedy: 'Rename it, or leave it out: the plan decides its value.',
    }));
}

const checkTwice = (name: string, env: Settings['app']['env']): Fault[] =>
  [name, `${name}_FILE`]
    .filter((variable) => Object.hasOwn(env, variable))
    .map((variable) => ({
      key: `app.env.${variable}`,
      got: `${variable} beside app.secrets.${name}`,
      allowed: 'one of the two',
      remedy: `Leave app.env.${variable} out: ${name}_FILE holds the path of the secret.`,
    }));

function checkPlain(name: string, value: string, environment: string): Fault[] {
  const found = findSecret(name, value);
  if (found === undefined) return [];
  return [
    {
      key: `app.env.${name}`,
      got: `${found} (not shown)`,
      allowed: 'what everyone may read who sees the settings, or the container',
      remedy:
        'Take it out, and set it encrypted: npm run pulumi -- config set --path ' +
        `app.secrets.${name} --secret -s ${environment}`,
    },
  ];
}
