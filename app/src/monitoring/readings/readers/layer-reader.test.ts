import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { createLayerReader } from './layer-reader.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

interface Counts {
  readonly value: number;
}

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** A layer whose answers the test gives, and what the reader does with it. */
class Layer {
  asked = 0;
  abandoned = 0;
  readonly lines: Line[] = [];
  answer: () => Promise<Counts> = () => Promise.resolve({ value: this.asked });
  readonly reader = createLayerReader<Counts>({
    layer: 'postgres',
    read: () => {
      this.asked += 1;
      return this.answer();
    },
    abandon: () => void (this.abandoned += 1),
    logger: pino({}, { write: (line) => void this.lines.push(JSON.parse(line) as Line) }),
  });
}

const never = () => new Promise<never>(() => undefined);
const refused = () =>
  Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));

test('a thousand reads within a second ask the layer once', async () => {
  const layer = new Layer();
  const readings = await Promise.all(Array.from({ length: 1_000 }, () => layer.reader.read()));
  expect(readings.every((reading) => reading.state === 'up' && reading.value === 1)).toBe(true);
  jest.advanceTimersByTime(800);
  await layer.reader.read();
  expect(layer.asked).toBe(1);
  jest.advanceTimersByTime(200);
  expect(await layer.reader.read()).toMatchObject({ state: 'up', value: 2 });
});

test('reads a second apart each get a new reading, in spite of small delays', async () => {
  const layer = new Layer();
  for (let look = 1; look <= 5; look += 1) {
    const delayMs = look % 2;
    jest.advanceTimersByTime(delayMs);
    expect(await layer.reader.read()).toMatchObject({ value: look });
    jest.advanceTimersByTime(1_000 - delayMs);
  }
});

test('a layer that hangs is down by `timeout` after a second, and is abandoned', async () => {
  const layer = new Layer();
  layer.answer = never;
  const first = layer.reader.read();
  jest.advanceTimersByTime(999);
  const second = layer.reader.read();
  expect([layer.asked, layer.abandoned]).toEqual([1, 0]);
  jest.advanceTimersByTime(2);
  expect(await Promise.all([first, second])).toMatchObject([
    { state: 'down', reason: 'timeout' },
    { state: 'down', reason: 'timeout' },
  ]);
  expect([layer.asked, layer.abandoned]).toEqual([1, 1]);
});

test('what an abandoned attempt answers later changes nothing', async () => {
  const layer = new Layer();
  const late = Promise.withResolvers<Counts>();
  layer.answer = () => late.promise;
  const reading = layer.reader.read();
  jest.advanceTimersByTime(1_001);
  late.resolve({ value: 99 });
  expect(await reading).toMatchObject({ state: 'down' });
  layer.answer = refused;
  jest.advanceTimersByTime(1_000);
  expect(await layer.reader.read()).toMatchObject({ state: 'down', reason: 'unreachable' });
});

test('an outage keeps the time of its first reading until the layer answers', async () => {
  jest.setSystemTime(new Date('2026-01-01T00:00:00Z'));
  const layer = new Layer();
  layer.answer = refused;
  for (const second of [0, 1, 2]) {
    expect(await layer.reader.read()).toMatchObject({
      state: 'down',
      reason: 'unreachable',
      since: '2026-01-01T00:00:00.000Z',
    });
    expect(layer.asked).toBe(second + 1);
    jest.advanceTimersByTime(1_000);
  }
  layer.answer = () => Promise.resolve({ value: 1 });
  expect(await layer.reader.read()).toEqual({ state: 'up', value: 1, tookMs: 0 });
  jest.advanceTimersByTime(1_000);
  layer.answer = refused;
  expect(await layer.reader.read()).toMatchObject({ since: '2026-01-01T00:00:04.000Z' });
});

test("going down and coming back is logged once each, without the error's fields", async () => {
  const layer = new Layer();
  const read = async () => {
    await layer.reader.read();
    jest.advanceTimersByTime(1_000);
  };
  await read();
  expect(layer.lines).toEqual([]);
  layer.answer = () =>
    Promise.reject(
      Object.assign(new Error('password authentication failed'), {
        code: '28P01',
        client: { password: 'canary' },
      }),
    );
  await read();
  await read();
  layer.answer = () => Promise.resolve({ value: 1 });
  await read();
  await read();
  expect(layer.lines).toMatchObject([
    {
      level: 40,
      msg: 'layer cannot be read',
      layer: 'postgres',
      reason: 'login_refused',
      detail: 'password authentication failed',
    },
    { level: 30, msg: 'layer can be read again', layer: 'postgres' },
  ]);
  expect(JSON.stringify(layer.lines)).not.toContain('canary');
});
