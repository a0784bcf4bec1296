import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { SpreadPool } from './spread-pool.ts';

const PORT = 6_432;
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
const folder = mkdtempSync(join(tmpdir(), 'spread-pool-'));

/** A message of Postgres' protocol: its type, its length, its body. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const errorOf = (severity: string, text: string): Buffer =>
  message('E', Buffer.from(`S${severity}\0C08P01\0M${text}\0\0`));

/** Lets everybody in over its Unix socket, as a pooler does. */
class Pooler {
  readonly directory: string;
  readonly #sockets = new Set<net.Socket>();
  #server: net.Server | undefined;
  #answers = true;
  /** Ends each login with this message. */
  refusal: string | undefined;
  /** Lets clients in and ends what they ask, as a pooler does that shuts down. */
  isShuttingDown = false;

  constructor(name: string) {
    this.directory = join(folder, name);
    mkdirSync(this.directory, { recursive: true });
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async start(): Promise<void> {
    const server = net.createServer((socket) => this.#welcome(socket));
    this.#server = server;
    await new Promise<void>((resolve) =>
      server.listen(join(this.directory, `.s.PGSQL.${PORT}`), resolve),
    );
  }

  /** Accepts connections from now on and says nothing to them. */
  hang(): void {
    this.#answers = false;
  }

  /** Lets in those who have waited. */
  wakeUp(): void {
    this.#answers = true;
    for (const socket of this.#sockets) socket.write(WELCOME);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #welcome(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    socket.once('data', () => {
      if (this.refusal !== undefined) {
        socket.end(errorOf('FATAL', this.refusal));
      } else if (this.#answers) socket.write(WELCOME);
      socket.on('data', () => {
        if (this.isShuttingDown) socket.end(errorOf('FATAL', 'server shutting down'));
        else socket.write(errorOf('ERROR', 'there is nothing behind me'));
      });
    });
  }
}

let poolers: [Pooler, Pooler];
let pool: SpreadPool;
const held: pg.PoolClient[] = [];

beforeEach(async () => {
  poolers = [new Pooler('one'), new Pooler('two')];
  for (const pooler of poolers) await pooler.start();
  pool = openPool(4);
});

afterEach(async () => {
  release();
  await pool.end();
  for (const pooler of poolers) await pooler.stop();
});

afterAll(() => rmSync(folder, { recursive: true }));

function openPool(max: number): SpreadPool {
  const opened = new SpreadPool({
    hosts: poolers.map(({ directory }) => directory),
    port: PORT,
    user: 'u',
    password: 'p',
    database: 'd',
    max,
    connectionTimeoutMillis: 400,
  });
  opened.on('error', () => undefined);
  opened.on('connect', (client) => client.on('error', () => undefined));
  return opened;
}

const take = async (count: number): Promise<void> => {
  const taking = Array.from({ length: count }, async () => void held.push(await pool.connect()));
  await Promise.allSettled(taking);
  await Promise.all(taking);
};
const release = (andEnd = false): void => {
  for (const client of held.splice(0)) client.release(andEnd);
};
const spread = (): readonly number[] => poolers.map(({ connections }) => connections);
/** A connection is made, and one is closed, a moment later at the other end. */
const untilSpread = async (wanted: readonly number[]): Promise<void> => {
  for (let turn = 0; turn < 100 && String(spread()) !== String(wanted); turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(spread()).toEqual(wanted);
};

test('each new connection goes where the fewest are, whichever have ended', async () => {
  await take(4);
  await untilSpread([2, 2]);
  // The first and the third are at the same pooler.
  for (const index of [2, 0]) held.splice(index, 1)[0]?.release(true);
  await untilSpread([0, 2]);
  await take(2);
  await untilSpread([2, 2]);
});

test('while one is down all connections go to the other, by promise and by callback', async () => {
  await poolers[0].stop();
  await take(3);
  await untilSpread([0, 3]);
  await new Promise<void>((resolve, reject) => {
    pool.connect((error, client) => {
      if (client === undefined) reject(error ?? new Error('no client'));
      else held.push(client);
      resolve();
    });
  });
  await untilSpread([0, 4]);
});

test('one that is killed loses its connections, and is used again when it is back', async () => {
  await take(4);
  await poolers[1].stop();
  await untilSpread([2, 0]);
  release(true);
  await take(4);
  await untilSpread([4, 0]);
  await poolers[1].start();
  release(true);
  await untilSpread([0, 0]);
  // Five seconds later by the clock of the pool.
  const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 5_001);
  await take(4).finally(() => clock.mockRestore());
  await untilSpread([2, 2]);
});

test('one that refuses logins is passed over too', async () => {
  poolers[0].refusal = 'no more connections allowed (max_client_conn)';
  await take(4);
  await untilSpread([0, 4]);
});

test('one that ends queries while it shuts down is passed over too', async () => {
  poolers[0].isShuttingDown = true;
  await expect(pool.query('SELECT 1')).rejects.toThrow('server shutting down');
  await take(4);
  await untilSpread([0, 4]);
});

test('a mistake in a statement is no reason to avoid a host', async () => {
  await expect(pool.query('SELECT 1')).rejects.toThrow('nothing behind me');
  await take(4);
  await untilSpread([2, 2]);
});

test('when both have failed, the one that failed first is tried first', async () => {
  await poolers[0].stop();
  await take(2);
  await poolers[0].start();
  poolers[1].isShuttingDown = true;
  const [client] = held.splice(0, 1);
  await expect(client?.query('SELECT 1')).rejects.toThrow('server shutting down');
  client?.release(new Error('broken'));
  await take(3);
  await untilSpread([3, 1]);
});

test('when all are down, work fails at once with the reason', async () => {
  for (const pooler of poolers) await pooler.stop();
  const began = performance.now();
  await expect(pool.connect()).rejects.toMatchObject({ code: 'ENOENT' });
  expect(performance.now() - began).toBeLessThan(300);
});

test('one that hangs costs one wait, and none of more than the limit', async () => {
  poolers[0].hang();
  const began = performance.now();
  const outcomes = await Promise.allSettled([pool.connect(), pool.connect()]);
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') held.push(outcome.value);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(performance.now() - began).toBeLessThan(600);
  await take(3);
  await untilSpread([0, 4]);
});

test('a second attempt has what is left of the time; what comes late is given back', async () => {
  await pool.end();
  pool = openPool(1);
  await take(1);
  const outcome = pool.connect().catch((error: unknown) => error);
  await poolers[0].stop();
  await poolers[1].stop();
  await poolers[0].start();
  poolers[0].hang();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const began = performance.now();
  release(true);
  expect(await outcome).toMatchObject({ message: expect.stringContaining('timeout') });
  expect(performance.now() - began).toBeLessThan(300);
  expect(pool.idleCount).toBe(0);
  poolers[0].wakeUp();
  await untilSpread([1, 0]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(pool.idleCount).toBe(1);
});
