import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { openSilentServer, type SilentServer } from '../testing/silent-server.ts';
import { databaseFailureOf } from './database-failure.ts';
import { openDatabase } from './database.ts';

let silent: SilentServer;
beforeAll(async () => {
  silent = await openSilentServer();
});
afterAll(() => silent.close());

/** What a query on this pool fails with, by pg itself and by Prisma over it. */
async function failuresOf(
  config: pg.PoolConfig,
  disturb: (pool: pg.Pool) => void = () => undefined,
): Promise<readonly unknown[]> {
  const pool = new pg.Pool({ user: 'u', password: 'p', database: 'd', ...config });
  pool.on('error', () => undefined);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  await prisma.$connect();
  disturb(pool);
  const reasonOf = (query: Promise<unknown>) => query.then(() => 'answered', databaseFailureOf);
  return Promise.all([
    reasonOf(pool.query('SELECT 1')),
    reasonOf(prisma.presence.findFirst()),
    reasonOf(prisma.$queryRaw`SELECT 1`),
  ]);
}

const each = (reason: string) => [reason, reason, reason];

test('a refused port, a missing socket and a forbidden one are `database_down`', async () => {
  expect(await failuresOf({ host: '127.0.0.1', port: 1 })).toEqual(each('database_down'));
  expect(await failuresOf({ host: '/nowhere', port: 1 })).toEqual(each('database_down'));
  expect(await failuresOf({ host: '/dev/null', port: 1 })).toEqual(each('database_down'));
});

test('a silent server is `database_down`; work queued behind it is `pool_full`', async () => {
  const [host = '', port] = silent.address.split(':');
  const config = { host, port: Number(port), connectionTimeoutMillis: 200 };
  expect(await failuresOf({ ...config, max: 3 })).toEqual(each('database_down'));
  const [first, ...waiting] = await failuresOf({ ...config, max: 1 });
  expect(first).toBe('database_down');
  expect(waiting).toEqual(['pool_full', 'pool_full']);
});

test('an ended pool, and a closed client of ours, are shutting down', async () => {
  expect(await failuresOf({ host: '127.0.0.1', port: 1 }, (pool) => void pool.end())).toEqual(
    each('shutting_down'),
  );
  const database = openDatabase(
    {
      address: { host: '127.0.0.1', port: 1, user: 'u', password: 'p', database: 'd' },
      poolMax: 1,
      acquireTimeoutMs: 100,
      idleTimeoutMs: 100,
      maxLifetimeSeconds: 10,
      transactionTimeoutMs: 200,
      statementNames: 'off',
    },
    () => undefined,
  );
  await database.close();
  expect(() => database.prisma).toThrow('shutting down');
});

test.each([
  [
    {
      code: 'P2010',
      meta: { driverAdapterError: { cause: { kind: 'postgres', originalCode: '57P01' } } },
    },
    'database_down',
  ],
  [{ code: 'P2028' }, 'database_timeout'],
  [{ code: '57014' }, 'database_timeout'],
  [{ code: '08P01', message: 'query_wait_timeout' }, 'database_down'],
  [{ code: '53300' }, 'database_down'],
  [{ code: '53100', message: 'could not extend file' }, 'database_down'],
  [{ code: '58030' }, 'database_down'],
  [
    {
      code: 'P2039',
      meta: { driverAdapterError: { cause: { kind: 'postgres', originalCode: '25006' } } },
    },
    'database_down',
  ],
  [{ code: '25P04' }, 'database_timeout'],
  // Between the moment when PgBouncer listens on its socket and the one when it lets others use it.
  [
    { name: 'PrismaClientKnownRequestError', code: 'EACCES', meta: { modelName: 'Presence' } },
    'database_down',
  ],
  // A socket with a full backlog.
  [{ code: 'EAGAIN' }, 'database_down'],
  [{ code: 'ENOTFOUND' }, 'database_down'],
  [{ code: 'EAI_FAIL' }, 'database_down'],
  [{ code: 'EPROTO' }, 'database_down'],
  [{ code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' }, 'database_down'],
  [{ message: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: nonce missing' }, 'database_down'],
  [{ errors: [{ code: 'EHOSTUNREACH' }] }, 'database_down'],
  [{ code: '23505' }, undefined],
  [{ code: '26000' }, undefined],
  [{ code: 'XX000' }, undefined],
  [{ code: 'ERR_INVALID_ARG_TYPE' }, undefined],
  [new TypeError('x is not a function'), undefined],
  ['a thrown text', undefined],
  [undefined, undefined],
])('%j is %s', (error, failure) => {
  expect(databaseFailureOf(error)).toBe(failure);
});
