import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { poolerSaturated } from '../testing/observations.ts';
import { stateSchema } from '../bodies/body-schemas.ts';
import { sampleSchema } from '../bodies/layer-schemas.ts';
import { ask, BASE, BEARER, openAdminServer, type AdminServer } from './testing/admin-server.ts';
import { openEvents, type EventReader } from './testing/event-reader.ts';
import { observationOf, sampleAt } from './testing/fake-monitoring.ts';

let server: AdminServer;
const readers: EventReader[] = [];
beforeEach(async () => {
  server = await openAdminServer({ requestTimeoutMs: 1_000 });
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const reader of readers.splice(0)) reader.close();
  await server.close();
});

async function open(headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await openEvents(server, headers);
  readers.push(reader);
  return reader;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

test('a stream sends the state every two seconds, and each sample with its time', async () => {
  const reader = await open();
  expect(stateSchema.parse((await reader.received('state'))[0]?.data).verdict.state).toBe('ok');
  server.monitoring.sample(sampleAt(5_000));
  const [sample] = await reader.received('sample');
  expect(sample).toMatchObject({ id: '5000', data: { atMs: 5_000 } });
  sampleSchema.parse(sample?.data);
  server.monitoring.observation = observationOf(poolerSaturated);
  const [, later] = await reader.received('state', 2);
  expect(stateSchema.parse(later?.data).verdict).toMatchObject({
    state: 'saturated',
    layer: 'pgbouncer',
  });
});

test('it outlives the request deadline, is not cached, and sets the retry delay', async () => {
  const reader = await open();
  await reader.received('state', 2);
  expect(reader.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  expect(reader.text()).toMatch(/^retry: 1000\n\n/);
  expect(server.log.join('')).not.toContain('deadline');
});

test('a reader with the id of its last event first gets the samples after it', async () => {
  for (const atMs of [1_000, 2_000, 3_000, 4_000]) server.monitoring.sample(sampleAt(atMs));
  const [back, fresh] = [await open({ 'Last-Event-ID': '2000' }), await open()];
  await Promise.all([back.received('state'), fresh.received('state')]);
  expect(back.events.map(({ event, id }) => [event, id])).toEqual([
    ['sample', '3000'],
    ['sample', '4000'],
    ['state', undefined],
  ]);
  expect(fresh.events.map(({ event }) => event)).toEqual(['state']);
});

test.each([['x'], ['-1'], ['1e3'], ['1, 2'], [['1', '2']]])(
  'Last-Event-ID %j is 400',
  async (id) => {
    expect(
      await ask(server, `${BASE}/connections/history`, {
        headers: { ...BEARER, Accept: 'text/event-stream', 'Last-Event-ID': id },
      }),
    ).toMatchObject({ status: 400, code: 'invalid_request' });
  },
);

test('after a quarter of an hour a stream ends, so that its reader signs in again', async () => {
  const [old, fresh] = [await open(), await open()];
  const openedAtMs = performance.now();
  await Promise.all([old, fresh].map((reader) => reader.received('state')));
  jest.spyOn(performance, 'now').mockImplementation(() => openedAtMs + 15 * 60_000 - 3_000);
  const later = await open();
  await old.received('state', 2);
  jest.spyOn(performance, 'now').mockImplementation(() => openedAtMs + 15 * 60_000 + 1_000);
  await Promise.all([old.ended, fresh.ended]);
  expect(old.events.filter(({ event }) => event === 'end')).toEqual([]);
  await later.received('state', 3);
});

test('without a token there is no stream, and HEAD opens none', async () => {
  expect(
    await ask(server, `${BASE}/connections/history`, { headers: { Accept: 'text/event-stream' } }),
  ).toMatchObject({ status: 401, code: 'unauthorized' });
  expect(
    await ask(server, `${BASE}/connections/history`, {
      method: 'HEAD',
      headers: { ...BEARER, Accept: 'text/event-stream' },
    }),
  ).toMatchObject({ status: 200, text: '' });
  expect(server.monitoring.subscribers()).toBe(0);
});

test('twenty streams share one subscription; a further one is 503', async () => {
  const opened = await Promise.all(Array.from({ length: 20 }, () => open()));
  expect(server.monitoring.subscribers()).toBe(1);
  const refused = await ask(server, `${BASE}/connections/history`, {
    headers: { ...BEARER, Accept: 'text/event-stream' },
  });
  expect(refused).toMatchObject({
    status: 503,
    code: 'too_many_streams',
    headers: { 'retry-after': '10' },
  });
  opened[0]?.close();
  let next = (await open()).response;
  while (next.statusCode === 503) next = (await open()).response;
  expect(next.statusCode).toBe(200);
  for (const reader of readers) reader.close();
  await until(() => server.monitoring.subscribers() === 0);
});

test('open streams are no failed attempts: their address is let in as before', async () => {
  await Promise.all(Array.from({ length: 20 }, () => open()));
  expect(
    (await ask(server, `${BASE}/metrics`, { localAddress: '127.0.0.1', headers: BEARER })).status,
  ).toBe(200);
});

test('at shutdown every stream gets `end` and is closed; further ones are refused', async () => {
  const opened = await Promise.all([open(), open()]);
  await Promise.all(opened.map((reader) => reader.received('state')));
  await server.closeStreams();
  for (const reader of opened) {
    await reader.ended;
    expect(reader.events.at(-1)).toEqual({ event: 'end', id: undefined, data: {} });
    expect(reader.text().endsWith('\n\n')).toBe(true);
  }
  expect(
    await ask(server, `${BASE}/connections/history`, {
      headers: { ...BEARER, Accept: 'text/event-stream' },
    }),
  ).toMatchObject({ status: 503, code: 'shutting_down' });
  expect(server.log.filter((line) => line.includes('event streams ended'))).toHaveLength(1);
});

test('a reader that does not read is cut off, and holds up nobody else', async () => {
  const fast = await open();
  const slow = connect(server.port, '127.0.0.1').on('error', () => undefined);
  slow.write(
    `GET ${BASE}/connections/history HTTP/1.1\r\nHost: x\r\nAccept: ` +
      `text/event-stream\r\nAuthorization: ${BEARER.Authorization}\r\n\r\n`,
  );
  slow.once('readable', () => slow.pause());
  await sleep(50);
  const padded = { ...sampleAt(1), verdict: 'x'.repeat(100_000) as 'ok' };
  for (
    let sent = 0;
    sent < 2_000 && !server.log.some((line) => line.includes('does not read'));
    sent += 1
  ) {
    server.monitoring.sample({ ...padded, atMs: sent + 1 });
    if (sent % 5 === 0) await sleep(1);
  }
  expect(server.log.filter((line) => line.includes('does not read'))).toHaveLength(1);
  await fast.received('sample', server.monitoring.history.samples.length);
  slow.destroy();
}, 30_000);
