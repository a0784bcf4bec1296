import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { startApp } from '../testing/app-process.ts';

const sockets = new Set<Socket>();
let words = '';
/** A Redis that refuses every command: each is an array in RESP. */
const refusing = createServer((socket) => {
  sockets.add(socket.on('error', () => undefined));
  socket
    .setEncoding('utf8')
    .on('data', (text: string) =>
      socket.write(`-${words}\r\n`.repeat(text.match(/^\*/gm)?.length ?? 0)),
    );
});

beforeAll(async () => {
  refusing.listen(0, '127.0.0.1');
  await once(refusing, 'listening');
});
afterAll(() => {
  refusing.close();
  for (const socket of sockets) socket.destroy();
});

test.each([
  'WRONGPASS invalid username-password pair',
  'LOADING Redis is loading the dataset in memory',
])(
  'a Redis that answers the login with %s is logged by these words, without the password',
  async (refusal) => {
    words = refusal;
    const app = await startApp({
      REDIS_URL: `redis://spywatcher:canary-password@127.0.0.1:${(refusing.address() as AddressInfo).port}`,
    });
    try {
      expect(await app.logged('connection failed')).toMatchObject({
        layer: 'redis',
        err: { message: refusal },
      });
    } finally {
      app.kill('SIGTERM');
      await app.ended;
    }
    expect(JSON.stringify(app.log)).not.toContain('canary-password');
  },
  30_000,
);
