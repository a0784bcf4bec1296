import type * as pulumi from '@pulumi/pulumi';
import { REDIS_PORT } from '../../settings/standard-names.ts';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { redisMemoryMiB, renderRedisAcl } from '../../plan/redis.ts';
import { contentHash } from '../content-hash.ts';
import { deployClaim } from './claim.ts';
import { type Cluster, startedWith } from './cluster.ts';
import type { DeployedImages } from './images.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { execProbe } from './pod.ts';
import { deployService, deployServiceAccount } from './service.ts';
import { deployStatefulSet } from './stateful-set.ts';

/** As for the bouncer: any will do, high and of its own. */
const USER = 10_003;
const CONFIG_DIRECTORY = '/etc/redis';
/** A full memory, written out whole and once more while it is rewritten. */
const STORAGE_FACTOR = 4;
const CPUS = { request: 0.05, limit: 1 };
const ASK = ['sh', '-c', 'redis-cli ping | grep -q PONG'];
/** Any answer will do: a server that loads its data or runs a slow script must not be killed for that. */
const ALIVE = ['redis-cli', 'ping'];

export function deployRedis(
  cluster: Cluster,
  images: DeployedImages,
  { settings, redisConf, timeouts }: Plan,
  credentials: Credentials,
): pulumi.Resource {
  const { redis } = settings;
  const contents = { 'redis.conf': redisConf, 'users.acl': renderRedisAcl(credentials) };
  const secret = deploySecret(cluster, 'redis', 'redis', contents);
  deployService(cluster, 'redis', { ports: { redis: REDIS_PORT } });
  const storageGiB = Math.max(1, Math.ceil((redis.maxMemoryMiB * STORAGE_FACTOR) / 1_024));
  return deployStatefulSet(
    cluster,
    settings,
    {
      component: 'redis',
      serviceAccount: deployServiceAccount(cluster, 'redis'),
      user: USER,
      graceSeconds: timeouts.drain.redisGraceSeconds,
      annotations: startedWith(contentHash(contents)),
      containers: [
        {
          name: 'redis',
          image: images.redis,
          args: ['redis-server', `${CONFIG_DIRECTORY}/redis.conf`],
          mounts: [
            deployClaim(cluster, 'redis', {
              storageGiB,
              settings,
              protect: redis.protect,
              path: '/data',
            }),
            secretMount('config', 'redis', CONFIG_DIRECTORY),
          ],
          memoryMiB: redisMemoryMiB(redis.maxMemoryMiB),
          cpus: CPUS,
          ports: { redis: REDIS_PORT },
          probes: {
            startup: execProbe(ALIVE, { periodSeconds: 1, failureThreshold: 120 }),
            readiness: execProbe(ASK, { periodSeconds: 5, failureThreshold: 3 }),
            liveness: execProbe(ALIVE, { periodSeconds: 10, failureThreshold: 6 }),
          },
        },
      ],
    },
    [secret],
  );
}
