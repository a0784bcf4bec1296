import type * as docker from '@pulumi/docker';
import { redisMemoryMiB, renderRedisAcl } from '../../plan/redis.ts';
import { contentHash } from '../content-hash.ts';
import { deployImage } from './image.ts';
import { type Docker, DockerPart } from './open-docker.ts';
import { deployServer } from './server.ts';
import { deployFiles, deployVolume } from './volumes.ts';

/** The cache and rate limiter, its volume, and its configuration. */
export class Redis extends DockerPart<'redis'> {
  readonly container: docker.Container;

  constructor(docker: Docker) {
    super('redis', docker);
    const { plan, credentials, network } = docker;
    const { images, redis } = plan.settings;
    const image = deployImage(this, { folder: 'infra/images/redis', reference: images.redis });
    const data = deployVolume(this, { name: 'redis-data', path: '/data', protect: redis.protect });
    const contents = { 'redis.conf': plan.redisConf, 'users.acl': renderRedisAcl(credentials) };
    const config = deployFiles(this, {
      name: 'redis-files',
      volume: 'redis-config',
      path: '/etc/redis',
      image,
      contents,
    });
    this.container = deployServer(
      this,
      {
        image,
        user: 'redis',
        command: ['redis-server', '/etc/redis/redis.conf'],
        mounts: [data, config.mount],
        attachments: [{ network: network.internal, aliases: ['redis'] }],
        memoryMiB: redisMemoryMiB(redis.maxMemoryMiB),
        startedWith: contentHash(contents),
        healthTest: ['CMD-SHELL', 'redis-cli ping | grep -q PONG'],
        stopSignal: 'SIGTERM',
        graceSeconds: plan.timeouts.drain.redisGraceSeconds,
      },
      [config.resource],
    );
    this.registerOutputs({ container: this.container.name, data: data.volume.name });
  }
}
