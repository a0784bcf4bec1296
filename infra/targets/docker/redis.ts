import type * as docker from '@pulumi/docker';
import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { redisMemoryMiB, renderRedisAcl, renderRedisConf } from '../../plan/redis.ts';
import { contentHash } from '../content-hash.ts';
import type { Engine } from './engine.ts';
import { deployImage } from './image.ts';
import type { Networks } from './networks.ts';
import { deployService } from './service.ts';
import { USERS } from './users.ts';
import { deployFiles, deployVolume, type VolumeMount } from './volumes.ts';

export function deployRedis(
  engine: Engine,
  networks: Networks,
  { settings, timeouts }: Plan,
  credentials: Credentials,
): docker.Container {
  const { environment, redis } = settings;
  const image = deployImage({
    environment,
    component: 'redis',
    folder: 'infra/images/redis',
    reference: settings.images.redis,
  });
  const data: VolumeMount = {
    volume: deployVolume(environment, 'redis', 'redis-data', { protect: redis.protect }),
    path: '/data',
  };
  const config: VolumeMount = {
    volume: deployVolume(environment, 'redis', 'redis-config'),
    path: '/etc/redis',
  };
  const contents = {
    'redis.conf': renderRedisConf(redis),
    'users.acl': renderRedisAcl(credentials),
  };
  const files = deployFiles('redis-files', {
    environment,
    component: 'redis',
    image,
    mount: config,
    files: contents,
  });
  return deployService(
    engine,
    {
      environment,
      component: 'redis',
      image,
      user: USERS.redis,
      command: ['redis-server', '/etc/redis/redis.conf'],
      mounts: [data, { ...config, readOnly: true }],
      attachments: [{ network: networks.internal, aliases: ['redis'] }],
      memoryMiB: redisMemoryMiB(redis.maxMemoryMiB),
      startedWith: contentHash(contents),
      healthTest: ['CMD-SHELL', 'redis-cli ping | grep -q PONG'],
      stopSignal: 'SIGTERM',
      graceSeconds: timeouts.drain.redisGraceSeconds,
    },
    { dependsOn: [files] },
  );
}
