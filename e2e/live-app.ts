import type { AppEnvironmentVariables } from '../app/src/env.ts';
import type { Credentials } from '../infra/credentials.ts';
import { renderRedisAcl } from '../infra/redis/config.ts';
import { dockerOutput, untilHealth, type DockerScope } from './docker.ts';
import { hardened, imageFolders, quickProbe, writeFiles } from './image-set-up.ts';
import { buildApp, DATABASE, openPooledDatabase, preparationOf, type PooledDatabase } from './pooled-database.ts';

/** Everything the app needs, and the app, in containers of one scope. */
export interface LiveEnvironment extends PooledDatabase {
  readonly redis: string;
  /** Starts one more app, on a port of this machine, and waits until it is ready. */
  startApp(variables?: Partial<Record<keyof AppEnvironmentVariables, string>>): Promise<LiveApp>;
}

export interface LiveApp {
  readonly id: string;
  readonly url: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly tookMs: number;
}

const PORT = '3001';
const SECRETS = '/run/secrets';

export async function openLiveEnvironment(scope: DockerScope, credentials: Credentials): Promise<LiveEnvironment> {
  const database = await openPooledDatabase(scope, credentials);
  const prepared = await database.prepare(preparationOf(credentials));
  if (prepared.exitCode !== 0) throw new Error(`the database could not be prepared: ${prepared.stderr}`);

  const image = await buildApp(scope);
  const network = await scope.network('net');
  const redisImage = await scope.build('redis', imageFolders.redis);
  const redisConfig = await writeFiles(scope, 'redis-config', {
    'redis.conf': 'bind *\nprotected-mode no\nport 6379\naclfile /etc/redis/users.acl\ndir /data\nappendonly yes\n',
    'users.acl': renderRedisAcl(credentials.redisPassword),
  });
  const redisData = await scope.volume('redis-data');
  const redis = await scope.run(...hardened, ...quickProbe, '--network', network, '--network-alias', 'redis', '-v', `${redisConfig}:/etc/redis:ro`, '-v', `${redisData}:/data`, redisImage);
  await untilHealth(redis, 'healthy');

  const { app, redisPassword } = credentials;
  const secrets = await writeFiles(scope, 'app-secrets', {
    'database-url': `postgresql://${app.name}:${app.password}@/${DATABASE}?host=/run/pgbouncer&port=6432`,
    'redis-url': `redis://spywatcher:${redisPassword}@redis:6379`,
  });
  return {
    ...database,
    redis,
    async startApp(variables = {}) {
      const environment: AppEnvironmentVariables = {
        ENVIRONMENT: 'e2e',
        HOST: '0.0.0.0',
        PORT,
        ADMIN_PORT: PORT,
        LOG_FORMAT: 'json',
        LOG_LEVEL: 'info',
        DATABASE_URL_FILE: `${SECRETS}/database-url`,
        DATABASE_POOL_MAX: '5',
        DATABASE_ACQUIRE_TIMEOUT_MS: '3000',
        DATABASE_IDLE_TIMEOUT_MS: '10000',
        DATABASE_MAX_LIFETIME_SECONDS: '60',
        DATABASE_TRANSACTION_TIMEOUT_MS: '10000',
        DATABASE_STATEMENT_NAMES: '100',
        REDIS_URL_FILE: `${SECRETS}/redis-url`,
        REDIS_COMMAND_TIMEOUT_MS: '100',
        REQUEST_TIMEOUT_MS: '15000',
        KEEP_ALIVE_TIMEOUT_MS: '75000',
        SHUTDOWN_DRAIN_DELAY_MS: '0',
        SHUTDOWN_DEADLINE_MS: '20000',
        PUBLIC_RATE_LIMIT_PER_MINUTE: '1000000',
        MONITORING: 'off',
      };
      const env = Object.entries({ ...environment, ...variables }).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
      const id = await scope.run(...hardened, ...quickProbe, '--network', network, '-p', `127.0.0.1::${PORT}`, '-v', `${secrets}:${SECRETS}:ro`, ...database.poolerMount, ...env, image);
      await untilHealth(id, 'healthy');
      return { id, url: `http://${await dockerOutput('port', id, PORT)}` };
    },
  };
}

/** One request, its whole answer, and how long that took. */
export async function ask({ url }: LiveApp, path: string, init: RequestInit = {}): Promise<Answer> {
  const startedAtMs = performance.now();
  const response = await fetch(`${url}${path}`, init);
  const body: unknown = await response.json();
  return { status: response.status, headers: response.headers, body, tookMs: performance.now() - startedAtMs };
}

export function report(app: LiveApp, body: Readonly<Record<string, string>>, key?: string): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', ...(key === undefined ? {} : { 'Idempotency-Key': key }) };
  return ask(app, '/api/presence', { method: 'POST', headers, body: JSON.stringify(body) });
}
