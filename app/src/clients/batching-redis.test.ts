import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { BatchingRedis } from './batching-redis.ts';

/** A Redis that says OK to everything: each command is an array in RESP. */
const server = createServer((socket) => {
  socket
    .setEncoding('utf8')
    .on('data', (text: string) => socket.write('+OK\r\n'.repeat(text.match(/^\*/gm)?.length ?? 0)));
});
let redis: BatchingRedis;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  redis = new BatchingRedis({ port, enableReadyCheck: false, protocol: 2 });
  await once(redis, 'ready');
  await redis.ping();
});
afterAll(() => {
  redis.disconnect();
  server.close();
});

test('what is asked for in one turn of the event loop leaves in one write', async () => {
  const writes = [jest.spyOn(redis.stream, '_write'), jest.spyOn(redis.stream, '_writev')];
  const countWrites = () => writes.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  const answers = [redis.get('first')];
  await Promise.resolve();
  answers.push(redis.get('second'));
  await new Promise((resolve) => process.nextTick(resolve));
  answers.push(redis.get('third'));
  expect(await Promise.all(answers)).toEqual(['OK', 'OK', 'OK']);
  expect(countWrites()).toBe(1);

  await turn();
  await redis.get('fourth');
  expect(countWrites()).toBe(2);
});
