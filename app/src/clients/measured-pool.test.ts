import { expect, test } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { MeasuredPool } from './measured-pool.ts';

const NOBODY = { host: '127.0.0.1', port: 1, user: 'u', password: 'p', database: 'd' };

/** A client that connects to nothing, at once, and answers each query with no rows. */
class AgreeableClient extends pg.Client {
  override connect(...args: unknown[]): Promise<this> {
    const [callback] = args as [((error: null) => void)?];
    queueMicrotask(() => callback?.(null));
    return Promise.resolve(this);
  }

  override query(...args: unknown[]): never {
    const callback = args.findLast((argument) => typeof argument === 'function') as
      ((error: null, result: unknown) => void) | undefined;
    queueMicrotask(() => callback?.(null, { rows: [] }));
    return undefined as never;
  }
}

// pg.Pool takes the class of its clients, which its types do not say.
const openAgreeablePool = (max: number): MeasuredPool =>
  new MeasuredPool({ ...NOBODY, max, ...{ Client: AgreeableClient } });

function listen(pool: MeasuredPool): readonly number[] {
  const heard: number[] = [];
  pool.onAcquire((seconds) => void heard.push(seconds));
  return heard;
}

test('each way to get a client connection is measured once', async () => {
  const pool = openAgreeablePool(2);
  const heard = listen(pool);
  (await pool.connect()).release();
  await new Promise<void>((resolve) => {
    pool.connect((_error, _client, release) => {
      release();
      resolve();
    });
  });
  await pool.query('SELECT 1');
  expect(pool.acquires.count).toBe(3);
  expect(heard).toHaveLength(3);
  expect(pool.longestWaitMs).toBe(0);
  await pool.end();
});

test('a wait lasts until a client connection is given back; listeners get seconds', async () => {
  const pool = openAgreeablePool(1);
  const heard = listen(pool);
  const client = await pool.connect();
  const second = pool.connect();
  const third = pool.connect();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(pool.longestWaitMs).toBeGreaterThan(25);
  expect(heard).toHaveLength(1);
  client.release();
  (await second).release();
  (await third).release();
  expect(pool.longestWaitMs).toBe(0);
  expect(pool.acquires.count).toBe(3);
  expect(pool.acquires.maxMs).toBeGreaterThan(25);
  expect(Math.max(...heard)).toBeCloseTo(pool.acquires.maxMs / 1_000, 9);
  await pool.end();
});

test('work that gets no client connection is measured, its error unchanged', async () => {
  const pool = new MeasuredPool({ ...NOBODY, max: 1 });
  await expect(pool.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(pool.acquires.count).toBe(2);
  await pool.end();
  await expect(pool.query('SELECT 1')).rejects.toThrow('after calling end on the pool');
  expect(pool.longestWaitMs).toBe(0);
});

test("Prisma's adapter uses it as the pool that it is", async () => {
  const pool = new MeasuredPool({ ...NOBODY, max: 1 });
  pool.on('error', () => undefined);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  await expect(prisma.presence.findFirst()).rejects.toMatchObject({ code: 'P1001' });
  await expect(
    prisma.$transaction((transaction) => transaction.presence.findFirst()),
  ).rejects.toThrow();
  expect(pool.acquires.count).toBe(2);
  await pool.end();
});
