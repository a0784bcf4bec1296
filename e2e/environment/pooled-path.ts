import { expect } from '@jest/globals';
import type { TestStack } from '../test-stack.ts';
import type { AdminRoutes } from './admin-routes.ts';
import { postPresence } from './api-requests.ts';

/**
 * Expects what the API stores to be rows of Postgres that went through PgBouncer in transaction
 * mode.
 */
export async function expectPooledRows(stack: TestStack): Promise<void> {
  const users = ['100000000000000001', '100000000000000002'];
  for (const userId of users) expect((await postPresence(stack, userId)).status).toBe(201);
  const rows = await stack.psqlDirect('select user_id from presence_event order by 1');
  expect(rows.split('\n')).toEqual(users);
  const pools = (await stack.console('SHOW POOLS')).map((row) => row.split('|'));
  expect(
    pools.find(([database, user]) => database === 'spywatcher' && user === 'spywatcher'),
  ).toContain('transaction');
  const transactions = (await stack.console('SHOW STATS_TOTALS'))
    .map((row) => row.split('|'))
    .find(([database]) => database === 'spywatcher');
  expect(Number(transactions?.[2])).toBeGreaterThanOrEqual(2);
}

/**
 * Expects the monitoring to see every layer, over one connection to Postgres and one to the
 * console.
 */
export async function expectSparingMonitoring(stack: TestStack, admin: AdminRoutes): Promise<void> {
  const { layers } = await admin.readAlerts();
  expect([layers.pgbouncer.state, layers.postgres.state, layers.redis.state]).toEqual([
    'up',
    'up',
    'up',
  ]);
  const sessions = `select count(*) from pg_stat_activity where usename = 'spywatcher_monitor'`;
  expect(await stack.psqlDirect(sessions)).toBe('1');
  const clients = await stack.console('SHOW CLIENTS');
  expect(clients.filter((row) => row.includes('|pgbouncer_monitor|'))).toHaveLength(1);
}
