import type { AppEnvironmentVariables } from '../app/src/environment/app-environment.ts';
import {
  type MonitoringPlan,
  parseMonitoringPlan,
} from '../app/src/monitoring/plan/monitoring-plan.ts';
import { renderAppEnvironment } from '../infra/app/environment.ts';
import { appSecretFiles } from '../infra/app/secret-files.ts';
import {
  MONITORING_DIRECTORY,
  MONITORING_PLAN_FILE,
  SECRETS_DIRECTORY,
} from '../infra/settings/standard-names.ts';
import type { Credentials } from '../infra/credentials.ts';
import { renderRedisAcl } from '../infra/plan/redis.ts';
import { dockerOutput, type DockerScope } from './docker.ts';
import {
  asRoot,
  hardened,
  probeArguments,
  untilReady,
  writeFiles,
  type Probing,
} from './image-set-up.ts';
import { type LiveSettings, monitoringPlanOf, planLive } from './live-plan.ts';
import { openPooledDatabase, preparationOf, type PooledDatabase } from './pooled-database.ts';
import { runImage } from './run-images.ts';

/** Everything the app needs, and the app, in containers of one scope. */
export interface LiveEnvironment extends PooledDatabase {
  readonly redis: string;
  /** Starts one more app, on ports of this machine, and waits until it is ready. */
  startApp(changed?: ChangedApp): Promise<LiveApp>;
}

/** How an app differs from the plan of its environment. */
interface ChangedApp {
  /** Settings of the app, which change its plan. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Variables that replace what the plan says; one that is undefined is not set. */
  readonly variables?: Readonly<Partial<Record<AppVariable, string | undefined>>>;
  /** Parts of the limits that its monitoring reads. */
  readonly limits?: Partial<MonitoringPlan>;
  /** Another image of the app. */
  readonly image?: string;
}

type KeyOfEach<T> = T extends unknown ? keyof T : never;
type AppVariable = KeyOfEach<AppEnvironmentVariables>;

export interface LiveApp {
  readonly id: string;
  readonly url: string;
  /** The same as `url`, unless the admin port is another one. */
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

/** More than a test sends, where the plan's limit is not what it is about. */
const PUBLIC_RATE_LIMIT_PER_MINUTE = '1000000';

/** Starts what the app needs by the plan of these settings, as `up` would. */
export async function openLiveEnvironment(
  scope: DockerScope,
  credentials: Credentials,
  settings: LiveSettings = {},
): Promise<LiveEnvironment> {
  const { probing = 'all along', network = await scope.network('net') } = settings;
  const [database, redis, image] = await Promise.all([
    openPooledDatabase(scope, credentials, settings),
    openRedis(scope, credentials, { network, probing, config: planLive(settings).redisConf }),
    runImage('app'),
  ]);
  const prepared = await database.prepare(preparationOf(credentials, database.plan));
  if (prepared.exitCode !== 0)
    throw new Error(`the database could not be prepared: ${prepared.stderr}`);
  const secrets = await writeFiles(
    scope,
    'app-secrets',
    appSecretFiles(database.plan, credentials),
  );
  let apps = 0;
  return {
    ...database,
    redis,
    async startApp({ settings: changed = {}, variables = {}, limits = {}, image: other } = {}) {
      const plan = planLive({ ...settings, app: { ...settings.app, ...changed } });
      const given = {
        ...renderAppEnvironment(plan),
        PUBLIC_RATE_LIMIT_PER_MINUTE,
        ...variables,
      };
      const env = Object.entries(given).flatMap(([key, value]) =>
        value === undefined ? [] : ['-e', `${key}=${value}`],
      );
      const monitoringPlan = { ...monitoringPlanOf(plan), ...limits };
      const planVolume = await scope.volume(`plan-${(apps += 1)}`);
      await writePlan(scope, planVolume, monitoringPlan);

      const { cpus, memoryMiB } = plan.settings.app;
      const memory = `${memoryMiB}m`;
      const port = String(plan.settings.app.port);
      const adminPort = String(plan.settings.app.adminPort);
      const ports = [...new Set([port, adminPort])].flatMap((each) => ['-p', `127.0.0.1::${each}`]);
      const volumes = [
        '-v',
        `${secrets}:${SECRETS_DIRECTORY}:ro`,
        '-v',
        `${planVolume}:${MONITORING_DIRECTORY}:ro`,
        ...database.poolerMount,
        ...database.postgresMount,
      ];
      const id = await scope.run(
        ...hardened,
        ...probeArguments(probing),
        ...['--cpus', String(cpus), '--memory', memory, '--memory-swap', memory],
        '--network',
        network,
        ...ports,
        ...volumes,
        ...env,
        other ?? image,
      );
      await untilReady(id, probing);
      const urlOf = async (inside: string) => `http://${await dockerOutput('port', id, inside)}`;
      return {
        id,
        url: await urlOf(port),
        adminUrl: await urlOf(adminPort),
        adminToken: credentials.adminToken,
        plan: monitoringPlan,
        replacePlan: (next) => writePlan(scope, planVolume, next),
      };
    },
  };
}

async function openRedis(
  scope: DockerScope,
  credentials: Credentials,
  options: { readonly network: string; readonly probing: Probing; readonly config: string },
): Promise<string> {
  const { network, probing, config } = options;
  const files = await writeFiles(scope, 'redis-config', {
    'redis.conf': config,
    'users.acl': renderRedisAcl(credentials),
  });
  const data = await scope.volume('redis-data');
  const id = await scope.run(
    ...hardened,
    ...probeArguments(probing),
    '--network',
    network,
    '--network-alias',
    'redis',
    '-v',
    `${files}:/etc/redis:ro`,
    '-v',
    `${data}:/data`,
    await runImage('redis'),
  );
  await untilReady(id, probing);
  return id;
}

/** Replaces the plan in the volume as a whole, as the stack does: nobody ever reads half of one. */
async function writePlan(scope: DockerScope, volume: string, plan: MonitoringPlan): Promise<void> {
  const text = JSON.stringify(plan);
  parseMonitoringPlan(text);
  await asRoot(scope, volume, [
    'printf %s "$1" >/volume/next && mv /volume/next "/volume/$2"',
    text,
    MONITORING_PLAN_FILE,
  ]);
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
