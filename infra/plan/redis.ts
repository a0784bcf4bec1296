import { createHash } from 'node:crypto';
import { REDIS_PORT } from '../settings/standard-names.ts';
import type { Credentials } from '../credentials.ts';

export const REDIS_USER = 'spywatcher';

/**
 * Memory beside the data: client buffers, fragmentation, and the copy-on-write pages of an AOF
 * rewrite.
 */
const MEMORY_FACTOR = 1.5;
const OVERHEAD_MIB = 64;

/** What its container may use, for data of this size. */
export const redisMemoryMiB = (maxMemoryMiB: number): number =>
  Math.ceil(maxMemoryMiB * MEMORY_FACTOR) + OVERHEAD_MIB;

/** redis.conf of one environment; no secret in it. */
export function renderRedisConf({
  maxMemoryMiB,
  persistence,
}: {
  readonly maxMemoryMiB: number;
  readonly persistence: 'aof' | 'none';
}): string {
  const lines = [
    'bind * -::*',
    `port ${REDIS_PORT}`,
    'protected-mode no',
    'aclfile /etc/redis/users.acl',
    'dir /data',
    `maxmemory ${maxMemoryMiB}mb`,
    // A cache and a rate limiter: full means old entries go, never that writes fail.
    'maxmemory-policy allkeys-lru',
    // AOF with everysec lost no acknowledged write at kill -9; snapshots lost all of them.
    `appendonly ${persistence === 'aof' ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'save ""',
    'timeout 0',
    'tcp-keepalive 60',
    'loglevel notice',
    'logfile ""',
    'daemonize no',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * users.acl: the app's user by the hashes of its passwords (Redis ACL syntax, `#<sha256>`), and an
 * unauthenticated default user that may only PING, for health checks. The app can do all but
 * administer the server.
 */
export function renderRedisAcl({
  redisPassword,
  earlierRedisPasswords,
}: Pick<Credentials, 'redisPassword' | 'earlierRedisPasswords'>): string {
  const hashes = [redisPassword, ...earlierRedisPasswords].map(
    (password) => `#${createHash('sha256').update(password).digest('hex')}`,
  );
  return [
    'user default on nopass resetkeys resetchannels -@all +ping',
    `user ${REDIS_USER} on ${hashes.join(' ')} ~* &* +@all -@admin -@dangerous +info ` +
      '+client|setname +client|setinfo',
    '',
  ].join('\n');
}
