import type * as pulumi from '@pulumi/pulumi';
import { REDIS_PORT } from '../../settings/standard-names.ts';
import { UIDS } from '../../plan/components.ts';
import { redisMemoryMiB, renderRedisAcl } from '../../plan/redis.ts';
import { contentHash } from '../content-hash.ts';
import { deployClaim } from './claim.ts';
import { type Cluster, KubernetesPart } from './cluster.ts';
import { startedWith } from './metadata.ts';
import { deploySecret, secretMount } from './mounted-files.ts';
import { type ContainerShape, execProbe } from './pod.ts';
import { deployService } from './service.ts';
import { deployStatefulSet } from './stateful-set.ts';

const CONFIG_DIRECTORY = '/etc/redis';
/** A full memory, written out whole and once more while it is rewritten. */
const STORAGE_FACTOR = 4;
const CPUS = { request: 0.05, limit: 1 };
const ASK = ['sh', '-c', 'redis-cli ping | grep -q PONG'];
/**
 * Any answer will do: a server that loads its data or runs a slow script must not be killed for
 * that.
 */
const ALIVE = ['redis-cli', 'ping'];

/** The cache and rate limiter, its claim, and its configuration. */
export class Redis extends KubernetesPart<'redis'> {
  /** Is done when the server's one pod is ready. */
  readonly running: pulumi.Resource;

  constructor(cluster: Cluster) {
    super('redis', cluster);
    const { plan, credentials } = cluster;
    const contents = { 'redis.conf': plan.redisConf, 'users.acl': renderRedisAcl(credentials) };
    const secret = deploySecret(this, 'redis', contents);
    deployService(this, { ports: { redis: REDIS_PORT } });
    this.running = deployStatefulSet(
      this,
      {
        user: UIDS.kubernetes.redis,
        graceSeconds: plan.timeouts.drain.redisGraceSeconds,
        annotations: startedWith(contentHash(contents)),
        containers: [this.#container()],
      },
      [secret],
    );
    this.registerOutputs({ service: 'redis', port: REDIS_PORT });
  }

  #container(): ContainerShape {
    const { images, plan } = this.cluster;
    const { maxMemoryMiB, protect } = plan.settings.redis;
    const storageGiB = Math.max(1, Math.ceil((maxMemoryMiB * STORAGE_FACTOR) / 1_024));
    return {
      name: 'redis',
      image: images.redis,
      args: ['redis-server', `${CONFIG_DIRECTORY}/redis.conf`],
      mounts: [
        deployClaim(this, { storageGiB, protect, path: '/data' }),
        secretMount('config', 'redis', CONFIG_DIRECTORY),
      ],
      memoryMiB: redisMemoryMiB(maxMemoryMiB),
      cpus: CPUS,
      ports: { redis: REDIS_PORT },
      probes: {
        startup: execProbe(ALIVE, { periodSeconds: 1, failureThreshold: 120 }),
        readiness: execProbe(ASK, { periodSeconds: 5, failureThreshold: 3 }),
        liveness: execProbe(ALIVE, { periodSeconds: 10, failureThreshold: 6 }),
      },
    };
  }
}
