import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express, { Router } from 'express';
import { once } from 'node:events';
import { get, request as sendRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { answerErrors, answerMethodNotAllowed, answerNotFound } from '../../http/error-answers.ts';
import { makeEndless } from '../../http/request-deadline.ts';
import { createHttpDurations } from './http-durations.ts';
import { parseExposition } from './testing/exposition.ts';

const registry = new Registry();
const durations = createHttpDurations(registry);
let server: Server;
let port: number;
let slowReached = (): void => undefined;

beforeAll(async () => {
  const router = Router();
  router
    .route('/presence/:userId')
    .get((request, response) => {
      if (request.params.userId === '500') throw new Error('as it happens');
      response.json({});
    })
    .all(answerMethodNotAllowed('GET'));
  router.get('/slow', () => slowReached());
  router.get('/stream', (_request, response) => {
    makeEndless(response);
    response.end('data: 1\n\n');
  });
  router.get('/files/*path', (_request, response) => {
    response.json({});
  });
  const application = express();
  application.use(durations.observe);
  application.get('/livez', (_request, response) => {
    response.json({});
  });
  application.use('/api', router);
  application.use(answerNotFound, answerErrors(pino({ level: 'silent' })));
  server = application.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Sends each request and gives what they added, as `method route status` to count. */
async function added(
  ...requests: readonly (readonly [method: string, path: string])[]
): Promise<Record<string, number>> {
  const before = await counts();
  for (const [method, path] of requests) {
    const sent = sendRequest({ port, host: '127.0.0.1', method, path }).end();
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    response.resume();
    await once(response, 'close');
  }
  return difference(before, await counts());
}

async function counts(): Promise<ReadonlyMap<string, number>> {
  const metrics = parseExposition(await registry.metrics());
  const pattern = /_count\{method="(.*)",route="(.*)",status="(.*)"\}$/;
  return new Map(
    [...metrics].flatMap(([series, value]) =>
      pattern.test(series)
        ? [[pattern.exec(series)?.slice(1).join(' ') ?? '', value] as const]
        : [],
    ),
  );
}

const difference = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Record<string, number> =>
  Object.fromEntries(
    [...after]
      .map(([key, value]) => [key, value - (before.get(key) ?? 0)] as const)
      .filter(([, value]) => value > 0),
  );

test('a request is counted by method, pattern of the route and status', async () => {
  expect(
    await added(['GET', '/api/presence/1'], ['GET', '/api/presence/2?a=b'], ['GET', '/livez']),
  ).toEqual({ 'GET /api/presence/:userId 200': 2, 'GET /livez 200': 1 });
});

test('an error of a handler is counted with the whole pattern, too', async () => {
  expect(await added(['GET', '/api/presence/500'], ['DELETE', '/api/presence/1'])).toEqual({
    'GET /api/presence/:userId 500': 1,
    'DELETE /api/presence/:userId 405': 1,
  });
});

test('unknown paths and methods, and spellings of a route, make no new values', async () => {
  const strange = [
    '/nowhere/1',
    '/api/nowhere',
    '/%ff',
    '/api/../presence/1',
    '/api/__proto__',
  ].map((path) => ['GET', path] as const);
  expect(await added(...strange)).toEqual({ 'GET none 404': 5 });
  expect(await added(['GET', '/API/Presence/1/'], ['GET', '/aPI/presence/%2F'])).toEqual({
    'GET /api/presence/:userId 200': 2,
  });
  // A whole URL as the target, or a fragment in it, is routed by its path alone.
  expect(
    await added(
      ['GET', 'http://one.example/api/presence/1'],
      ['GET', 'http://two.example/livez'],
      ['GET', '/livez#a/b'],
    ),
  ).toEqual({ 'GET /api/presence/:userId 200': 1, 'GET /livez 200': 2 });
  expect(await added(['GET', '/api/files/a'], ['GET', '/api/files/b/c/d'])).toEqual({
    'GET /files/*path 200': 2,
  });
  expect(await added(['PROPFIND', '/livez'], ['LOCK', '/livez'])).toEqual({ 'other none 404': 2 });
});

test('a caller that leaves counts as aborted, a stream of events not at all', async () => {
  const before = await counts();
  const reached = new Promise<void>((resolve) => (slowReached = resolve));
  const leaving = get({ port, host: '127.0.0.1', path: '/api/slow' }).on('error', () => undefined);
  await reached;
  leaving.destroy();
  for (let tries = 0; tries < 100 && (await counts()).size === before.size; tries += 1)
    await sleep(20);
  expect(difference(before, await counts())).toEqual({ 'GET /api/slow aborted': 1 });
  expect(await added(['GET', '/api/stream'])).toEqual({});
});

test('answers are counted by class of status', async () => {
  const of = async () => ({ '2xx': 0, '4xx': 0, '5xx': 0, ...(await durations.countAnswers()) });
  const before = await of();
  await added(
    ['GET', '/livez'],
    ['GET', '/livez'],
    ['GET', '/nowhere'],
    ['GET', '/api/presence/500'],
  );
  const after = await of();
  expect([
    after['2xx'] - before['2xx'],
    after['4xx'] - before['4xx'],
    after['5xx'] - before['5xx'],
  ]).toEqual([2, 1, 1]);
});
