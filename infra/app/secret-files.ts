import type { Credential, Credentials } from '../credentials.ts';
import { locate } from '../plan/addresses.ts';
import type { Plan } from '../plan/plan.ts';
import { ownAuthorities, tlsParameters } from '../plan/postgres/external.ts';
import { REDIS_USER } from '../plan/redis.ts';
import { REDIS_PORT, SECRETS_DIRECTORY } from '../settings/standard-names.ts';
import { databaseUrl } from './database-url.ts';
import { ownSecrets } from './own-variables.ts';

/** File of the certificates of an external server's authorities. */
export const SERVER_CA_FILE = 'server-ca.crt';

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
    // Names of variables, in which no file of ours has its hyphens.
    ...ownSecrets(settings.app, credentials),
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
            addresses.poolerConsoles,
            'pgbouncer',
          ),
        }),
  };
}
