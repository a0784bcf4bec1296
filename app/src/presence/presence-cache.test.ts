import { expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { createPresenceCache } from './presence-cache.ts';

test.each<readonly [string, () => Promise<string>]>([
  ['is no JSON', () => Promise.resolve('OK')],
  ['is refused', () => Promise.reject(new Error('Connection is closed.'))],
  ['is thrown', () => { throw new Error('Stream is gone'); }],
])('an answer of Redis that %s counts as not cached', async (_what, get) => {
  const cache = createPresenceCache({ get } as unknown as Redis, pino({ level: 'silent' }));
  expect(await cache.find('1')).toBeUndefined();
});
