import type { AppEnvironmentVariables } from '../app/src/environment/env.ts';
import type { MonitoringPlan } from '../app/src/monitoring/plan/monitoring-plan.ts';
import type { Credentials } from '../infra/credentials.ts';
import { renderRedisAcl } from '../infra/plan/redis.ts';
import { dockerOutput, untilHealth, type DockerScope } from './docker.ts';
import { hardened, quickProbe, writeFiles } from './image-set-up.ts';
import { PLAN_FILE, planOf, writePlan } from './planned-limits.ts';
import {
  DATABASE,
  openPooledDatabase,
  preparationOf,
  type DatabaseKeys,
  type PooledDatabase,
} from './pooled-database.ts';
import { runImage } from './run-images.ts';

/** Everything the app needs, and the app, in containers of one scope. */
export interface LiveEnvironment extends PooledDatabase {
  readonly redis: string;
  /**
   * Starts one more app, on ports of this machine, and waits until it is ready. A variable that is given as undefined is
   * not set. `plan` replaces parts of the plan that matches the servers.
   */
  startApp(
    variables?: Readonly<Partial<Record<AppVariable, string | undefined>>>,
    plan?: Partial<MonitoringPlan>,
  ): Promise<LiveApp>;
}

type KeyOfEach<T> = T extends unknown ? keyof T : never;
type AppVariable = KeyOfEach<AppEnvironmentVariables>;

export interface LiveApp {
  readonly id: string;
  readonly url: string;
  /** The same as `url`, unless ADMIN_PORT is another one than PORT. */
  readonly adminUrl: string;
  readonly adminToken: string;
  readonly plan: MonitoringPlan;
  /** Gives the running app another plan. */
  replacePlan(plan: MonitoringPlan): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly tookMs: number;
}

/** Inside its container. */
export const PORT = '3001';
const SECRETS = '/run/secrets';
const PLAN_DIRECTORY = '/run/monitoring';

/** `changed` replaces or adds keys of the two database servers. */
export async function openLiveEnvironment(
  scope: DockerScope,
  credentials: Credentials,
  changed: Partial<DatabaseKeys> = {},
): Promise<LiveEnvironment> {
  const database = await openPooledDatabase(scope, credentials, changed);
  const prepared = await database.prepare(preparationOf(credentials));
  if (prepared.exitCode !== 0)
    throw new Error(`the database could not be prepared: ${prepared.stderr}`);

  const image = await runImage('app');
  const network = await scope.network('net');
  const redisImage = await runImage('redis');
  const redisConfig = await writeFiles(scope, 'redis-config', {
    'redis.conf':
      'bind *\nprotected-mode no\nport 6379\naclfile /etc/redis/users.acl\ndir /data\nappendonly yes\n',
    'users.acl': renderRedisAcl(credentials),
  });
  const redisData = await scope.volume('redis-data');
  const redis = await scope.run(
    ...hardened,
    ...quickProbe,
    '--network',
    network,
    '--network-alias',
    'redis',
    '-v',
    `${redisConfig}:/etc/redis:ro`,
    '-v',
    `${redisData}:/data`,
    redisImage,
  );
  await untilHealth(redis, 'healthy');

  const { app, monitor, poolerMonitor, redisPassword, adminToken } = credentials;
  const secrets = await writeFiles(scope, 'app-secrets', {
    'database-url': `postgresql://${app.name}:${app.password}@/${DATABASE}?host=/run/pgbouncer&port=6432`,
    'redis-url': `redis://spywatcher:${redisPassword}@redis:6379`,
    'admin-tokens': adminToken,
    'monitor-database-url': `postgresql://${monitor.name}:${monitor.password}@/${DATABASE}?host=/run/postgresql&port=5432`,
    'pooler-console-url': `postgresql://${poolerMonitor.name}:${poolerMonitor.password}@/pgbouncer?host=/run/pgbouncer&port=6432`,
  });
  let apps = 0;
  return {
    ...database,
    redis,
    async startApp(variables = {}, changedPlan = {}) {
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
        MONITORING: 'on',
        MONITORING_PLAN_FILE: `${PLAN_DIRECTORY}/${PLAN_FILE}`,
        ADMIN_TOKENS_FILE: `${SECRETS}/admin-tokens`,
        MONITOR_DATABASE_URL_FILE: `${SECRETS}/monitor-database-url`,
        POOLER_CONSOLE_URL_FILE: `${SECRETS}/pooler-console-url`,
      };
      const given = { ...environment, ...variables };
      const env = Object.entries(given).flatMap(([key, value]) =>
        value === undefined ? [] : ['-e', `${key}=${value}`],
      );
      const plan = { ...planOf(database.keys, Number(given.DATABASE_POOL_MAX)), ...changedPlan };
      const planVolume = await scope.volume(`plan-${(apps += 1)}`);
      await writePlan(scope, planVolume, plan);

      const adminPort = given.ADMIN_PORT ?? PORT;
      const ports = [...new Set([PORT, adminPort])].flatMap((port) => ['-p', `127.0.0.1::${port}`]);
      const volumes = [
        '-v',
        `${secrets}:${SECRETS}:ro`,
        '-v',
        `${planVolume}:${PLAN_DIRECTORY}:ro`,
        ...database.poolerMount,
        ...database.postgresMount,
      ];
      const id = await scope.run(
        ...hardened,
        ...quickProbe,
        '--network',
        network,
        ...ports,
        ...volumes,
        ...env,
        image,
      );
      await untilHealth(id, 'healthy');
      const urlOf = async (port: string) => `http://${await dockerOutput('port', id, port)}`;
      return {
        id,
        url: await urlOf(PORT),
        adminUrl: await urlOf(adminPort),
        adminToken,
        plan,
        replacePlan: (next) => writePlan(scope, planVolume, next),
      };
    },
  };
}

/** One request, its whole answer, and how long that took. */
export async function ask({ url }: LiveApp, path: string, init: RequestInit = {}): Promise<Answer> {
  const startedAtMs = performance.now();
  const response = await fetch(`${url}${path}`, init);
  const body: unknown = await response.json();
  return {
    status: response.status,
    headers: response.headers,
    body,
    tookMs: performance.now() - startedAtMs,
  };
}

/** One request to a path below /api/admin/monitoring, as an admin. */
export function askAdmin(app: LiveApp, path: string): Promise<Answer> {
  return ask({ ...app, url: app.adminUrl }, `/api/admin/monitoring${path}`, {
    headers: { Authorization: `Bearer ${app.adminToken}` },
  });
}

export function report(
  app: LiveApp,
  body: Readonly<Record<string, string>>,
  key?: string,
): Promise<Answer> {
  const headers = {
    'Content-Type': 'application/json',
    ...(key === undefined ? {} : { 'Idempotency-Key': key }),
  };
  return ask(app, '/api/presence', { method: 'POST', headers, body: JSON.stringify(body) });
}
