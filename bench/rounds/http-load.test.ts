import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { readAnswer, renderRequest, startHttpLoad } from './http-load.ts';
import { until } from '../../e2e/until.ts';

async function withServer(
  listener: RequestListener,
  use: (target: { host: string; port: number }) => Promise<void>,
): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('each connection sends all requests in turn, and each gets its answer', async () => {
  const asked: string[] = [];
  const ended: string[] = [];
  await withServer(
    (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.once('finish', () => ended.push(request.url ?? ''));
      setTimeout(() => response.setHeader('Content-Length', 2).end('ok'), 5);
    },
    async (target) => {
      const requests = [renderRequest('GET', '/a'), renderRequest('POST', '/b', { c: 1 })];
      const load = startHttpLoad(target, { connections: 2, requests });
      await until(
        () => Promise.resolve(load.answered),
        (count) => count >= 8,
      );
      await load.stop();
      expect(load.failures.size).toBe(0);
      expect(load.takeLatencies().count).toBe(load.answered);
      expect(load.answered).toBe(asked.length);
    },
  );
  expect(ended).toHaveLength(asked.length);
  expect(asked.slice(0, 2).sort()).toEqual(['GET /a', 'POST /b']);
  expect(new Set(asked)).toEqual(new Set(['GET /a', 'POST /b']));
});

test('refusals and broken connections are counted, and the load goes on', async () => {
  let count = 0;
  await withServer(
    (request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else response.writeHead(count === 2 ? 503 : 200, { 'Content-Length': 0 }).end();
    },
    async (target) => {
      const requests = [renderRequest('GET', '/')];
      const load = startHttpLoad(target, { connections: 1, requests });
      await until(
        () => Promise.resolve(load.answered),
        (answered) => answered >= 1,
      );
      await load.stop();
      const reasons = [...load.failures];
      expect(reasons).toHaveLength(2);
      expect(reasons).toEqual(expect.arrayContaining([['503', 1]]));
    },
  );
});

test('an answer is read once it is whole, and must state its length', () => {
  const whole = 'HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok';
  expect(readAnswer(Buffer.from(whole))).toBe(201);
  for (let length = 0; length < whole.length; length += 1)
    expect(readAnswer(Buffer.from(whole.slice(0, length)))).toBeUndefined();
  expect(() => readAnswer(Buffer.from('HTTP/1.1 200 OK\r\nA: b\r\n\r\n'))).toThrow('A: b');
});
