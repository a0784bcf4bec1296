import { expect, test } from '@jest/globals';
import { openDatabase } from './database.ts';
import { databaseFailureOf } from './database-failure.ts';

const open = () =>
  openDatabase(
    {
      address: { host: '127.0.0.1', port: 1, user: 'u', password: 'p', database: 'd' },
      poolMax: 1,
      acquireTimeoutMs: 500,
      idleTimeoutMs: 500,
      maxLifetimeSeconds: 60,
      transactionTimeoutMs: 500,
      statementNames: 10,
    },
    () => undefined,
  );

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(String, databaseFailureOf);

test('a query with and without Prisma fails alike: nobody there, then closed', async () => {
  const database = open();
  const ways = [
    () => database.query('SELECT 1', []),
    async () => database.prisma.$queryRaw`SELECT 1`,
  ];
  for (const ask of ways) expect(await failureOf(ask())).toBe('database_down');
  await database.close();
  for (const ask of ways) expect(await failureOf(ask())).toBe('shutting_down');
});
