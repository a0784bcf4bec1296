import { afterEach, expect, jest, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { createRedisReader, toRedisCounts } from './redis-reader.ts';

afterEach(() => void jest.useRealTimers());

const INFO = [
  '# Server',
  'redis_version:8.0.2',
  'uptime_in_seconds:4000',
  '',
  '# Clients',
  'connected_clients:2',
  '',
  '# Memory',
  'used_memory:2621440',
  'used_memory_human:2.50M',
  'maxmemory:134217728',
  '',
  '# Stats',
  'total_connections_received:125',
  'total_commands_processed:45678',
  'instantaneous_ops_per_sec:23',
  'evicted_keys:7',
  'keyspace_hits:900',
  'keyspace_misses:100',
  '',
].join('\r\n');

const COUNTS = {
  status: 'ready',
  connectedClients: 2,
  totalConnections: 125,
  totalCommands: 45_678,
  opsPerSecond: 23,
  usedMemoryBytes: 2_621_440,
  maxMemoryBytes: 134_217_728,
  evictedKeys: 7,
  keyspaceHits: 900,
  keyspaceMisses: 100,
  uptimeSeconds: 4_000,
};

test('the fields of INFO become counts', () => {
  expect(toRedisCounts(INFO, 'ready')).toEqual(COUNTS);
});

test("a command without a connection fails with the connection's own error", async () => {
  jest.useFakeTimers();
  let failure = new Error("Stream isn't writeable and enableOfflineQueue options is false");
  const redis = Object.assign(new EventEmitter(), {
    status: 'reconnecting',
    info: () => Promise.reject(failure),
  });
  const reader = createRedisReader(redis as unknown as Redis, pino({ level: 'silent' }));
  const readAfterASecond = () => {
    jest.advanceTimersByTime(1_000);
    return reader.read();
  };
  expect(await reader.read()).toMatchObject({ state: 'down', reason: 'unreachable' });
  redis.emit('error', new Error('WRONGPASS invalid username-password pair or user is disabled.'));
  expect(await readAfterASecond()).toMatchObject({ state: 'down', reason: 'login_refused' });
  redis.emit('ready');
  failure = new Error('Command timed out');
  expect(await readAfterASecond()).toMatchObject({ state: 'down', reason: 'timeout' });
});

test('one late answer is asked for again; two in a row are down', async () => {
  let lateAnswers = 0;
  const info = () =>
    lateAnswers-- > 0 ? Promise.reject(new Error('Command timed out')) : Promise.resolve(INFO);
  const read = (late: number) => {
    lateAnswers = late;
    return createRedisReader(
      Object.assign(new EventEmitter(), { status: 'ready', info }) as unknown as Redis,
      pino({ level: 'silent' }),
    ).read();
  };
  expect(await read(1)).toMatchObject({ state: 'up', uptimeSeconds: 4_000 });
  expect(await read(2)).toMatchObject({ state: 'down', reason: 'timeout' });
});
