import { logsOf } from '../../e2e/docker.ts';
import { hardened } from '../../e2e/image-set-up.ts';
import type { LiveApp } from '../../e2e/live-app.ts';
import { until } from '../../e2e/until.ts';
import { REDIS_USER } from '../../infra/plan/redis.ts';
import {
  DATABASE,
  POOLER_PORT,
  POOLER_SOCKET_DIRECTORY,
  REDIS_PORT,
} from '../../infra/settings/standard-names.ts';
import type { HttpTarget } from '../rounds/http-load.ts';
import { addressOf, type BenchServers } from './bench-servers.ts';
import { peersImage, type PeerNode, type PeerProgram } from './peers-image.ts';

/** An app that answers, alone in its container. */
export interface MeasuredApp {
  readonly id: string;
  readonly target: HttpTarget;
}

/** Ours and the peers alike: what the stack gives an app by default. */
const PORT = 3_001;
const CONFINED = ['--cpus', '1', '--memory', '512m', '--memory-swap', '512m'];

/** So high that a load never reaches it; each request is counted all the same. */
const OUT_OF_REACH = '10000000';

type Changed = Parameters<BenchServers['live']['startApp']>[0];

/** Our app as `up` starts it, but for the limit of requests. */
export async function startOurs(
  { live }: BenchServers,
  changed: Changed = {},
): Promise<MeasuredApp & { readonly app: LiveApp }> {
  const app = await live.startApp({
    ...changed,
    variables: { ...changed.variables, PUBLIC_RATE_LIMIT_PER_MINUTE: OUT_OF_REACH },
  });
  return { id: app.id, app, target: { host: await addressOf(app.id), port: PORT } };
}

/** @param pooler name of the PgBouncer that it uses over TCP. */
export async function startPeer(
  servers: BenchServers,
  peer: { readonly program: PeerProgram; readonly node: PeerNode; readonly pooler: string },
): Promise<MeasuredApp> {
  const { scope, live, network, credentials } = servers;
  const { name, password } = credentials.app;
  const login = `${name}:${encodeURIComponent(password)}`;
  const variables = {
    DATABASE_URL: `postgresql://${login}@${peer.pooler}:${POOLER_PORT}/${DATABASE}`,
    POOLER_DIRECTORY: POOLER_SOCKET_DIRECTORY,
    DATABASE_USER: name,
    DATABASE_PASSWORD: password,
    DATABASE_NAME: DATABASE,
    REDIS_URL: redisUrl(servers),
  };
  const id = await scope.run(
    ...hardened,
    ...CONFINED,
    '--network',
    network,
    ...live.poolerMount,
    ...Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    await peersImage(() => undefined),
    peer.node,
    `${peer.program}.js`,
  );
  const target = { host: await addressOf(id), port: PORT };
  await until(
    () =>
      fetch(`http://${target.host}:${target.port}/api/guilds/1/online`).then(
        ({ status }) => status,
        () => 0,
      ),
    (status) => status === 200,
    { timeoutMs: 20_000, everyMs: 50, explain: () => logsOf(id) },
  );
  return { id, target };
}

/** Where the shared Redis is, with the app's login. */
export const redisUrl = ({ credentials }: BenchServers): string =>
  `redis://${REDIS_USER}:${encodeURIComponent(credentials.redisPassword)}@redis:${REDIS_PORT}`;
