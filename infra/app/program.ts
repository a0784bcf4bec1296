import type { Credential, Credentials } from '../credentials.ts';
import type { AppProgram } from '../plan/app-program.ts';
import type { Plan } from '../plan/plan.ts';
import { ownAuthorities, tlsParameters } from '../plan/postgres/external.ts';
import { REDIS_USER } from '../plan/redis.ts';
import {
  DATABASE,
  POOLER_PORT,
  POSTGRES_PORT,
  REDIS_PORT,
  SECRETS_DIRECTORY,
} from '../settings/standard-names.ts';
import { tcpUrl } from './database-url.ts';
import { ownSecrets, secretPaths, textsOf } from './own-variables.ts';
import { SERVER_CA_FILE } from './secret-files.ts';

/** What a container of an image that is not ours is handed. */
export interface Handed {
  /** Variables that everyone may read. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variables that nobody else may read, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Files in the secrets folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** What the app's container is handed. Its database is behind the pooler, unless that is off. */
export function handToApp(program: AppProgram, plan: Plan, credentials: Credentials): Handed {
  const { settings, timeouts, pooler } = plan;
  return hand(program, plan, {
    variables: {
      PORT: String(settings.app.port),
      DATABASE_POOL_MAX: String(settings.app.poolMax),
      SHUTDOWN_GRACE_SECONDS: String(timeouts.drain.appGraceSeconds),
    },
    secrets: {
      DATABASE_URL:
        pooler === 'off'
          ? directUrl(program, plan, credentials.app)
          : urlFor(program, credentials.app, {
              server: `pgbouncer:${POOLER_PORT}`,
              database: DATABASE,
            }),
      REDIS_URL: `redis://${REDIS_USER}:${credentials.redisPassword}@redis:${REDIS_PORT}`,
      ...ownSecrets(settings.app, credentials),
    },
  });
}

/** What the container is handed that brings the schema up to date: the owner's way, past pools. */
export const handToMigration = (
  program: AppProgram,
  plan: Plan,
  credentials: Credentials,
): Handed =>
  hand(program, plan, {
    variables: {},
    secrets: {
      DATABASE_URL: directUrl(program, plan, credentials.owner),
      ...ownSecrets(plan.settings.app, credentials),
    },
  });

function hand(
  { secretsAs }: AppProgram,
  { settings }: Plan,
  { variables, secrets }: Pick<Handed, 'variables' | 'secrets'>,
): Handed {
  const { external } = settings.postgres;
  const authorities = external && ownAuthorities(external);
  const files = {
    ...secrets,
    ...(authorities === undefined ? {} : { [SERVER_CA_FILE]: authorities }),
  };
  return {
    variables: {
      ...textsOf(settings.app.env),
      ENVIRONMENT: settings.environment,
      ...variables,
      ...secretPaths(Object.keys(secrets)),
    },
    secrets: secretsAs === 'env' ? secrets : {},
    files,
  };
}

function directUrl(program: AppProgram, { settings }: Plan, login: Credential): string {
  const { external } = settings.postgres;
  return external === undefined
    ? urlFor(program, login, { server: `postgres:${POSTGRES_PORT}`, database: DATABASE })
    : urlFor(program, login, {
        server: `${external.host}:${external.port}`,
        database: external.database,
        tls: tlsParameters(external, `${SECRETS_DIRECTORY}/${SERVER_CA_FILE}`),
      });
}

/** An address as the driver wants it, with what it needs to be right behind a pooler. */
function urlFor(
  { driver }: AppProgram,
  login: Credential,
  {
    server,
    database,
    tls = '',
  }: { readonly server: string; readonly database: string; readonly tls?: string },
): string {
  const url = tcpUrl(login, server, database);
  switch (driver) {
    case 'jdbc':
      return (
        `jdbc:postgresql://${server}/${database}?user=${login.name}&password=${login.password}` +
        tls.replace('?', '&')
      );
    case 'lib/pq':
      // It asks for TLS unless it is told not to, and prepares in one transaction what it uses in
      // the next unless it may send binary parameters.
      return `${url}${tls === '' ? '?sslmode=disable' : tls}&binary_parameters=yes`;
    case 'node-postgres':
    case 'postgres.js':
    case 'prisma':
    case 'psycopg':
    case 'asyncpg':
    case 'pgx':
    case 'sqlx':
    case 'tokio-postgres':
    case 'not named':
      return url + tls;
    default:
      return driver satisfies never;
  }
}
