import { expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { createPresenceCache } from './presence-cache.ts';

test.each<readonly [string, () => Promise<string>]>([
  ['is no JSON', () => Promise.resolve('OK')],
  ['is another kind of value', () => Promise.resolve('5')],
  ['is null', () => Promise.resolve('null')],
  ['is about another user', () => Promise.resolve('{"userId":"2","events":[]}')],
  ['is about a user whose id begins so', () => Promise.resolve('{"userId":"12","events":[]}')],
  ['is the mark of a write', () => Promise.resolve('written')],
  ['is refused', () => Promise.reject(new Error('Connection is closed.'))],
  [
    'is thrown',
    () => {
      throw new Error('Stream is gone');
    },
  ],
])('an answer of Redis that %s counts as not cached', async (_what, get) => {
  const cache = createPresenceCache({ get } as unknown as Redis, pino({ level: 'silent' }));
  expect(await cache.find('1')).toBeUndefined();
});

test('what was kept about the user is found', async () => {
  const cache = createPresenceCache(
    { get: () => Promise.resolve('{"userId":"1","events":[]}') } as unknown as Redis,
    pino({ level: 'silent' }),
  );
  expect(await cache.find('1')).toBe('{"userId":"1","events":[]}');
});
