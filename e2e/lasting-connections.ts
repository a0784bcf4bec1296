import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import {
  alertsSchema,
  healthSchema,
  historySchema,
  poolSchema,
} from '../app/src/monitoring/bodies/body-schemas.ts';
import { askAdmin, type LiveApp } from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { show } from './pgbouncer-console.ts';
import type { PooledDatabase } from './pooled-database.ts';

const ROUTES = [
  '/connections/health',
  '/connections/pool',
  '/connections/alerts',
  '/connections/history',
  '/database/slow-queries',
  '/metrics',
];
/** Of the first routes, in their order. */
const SCHEMAS = [healthSchema, poolSchema, alertsSchema, historySchema];

/** Expects 200 requests to be answered over the one connection to each layer that is there. */
export async function expectLastingConnections(live: PooledDatabase, app: LiveApp): Promise<void> {
  const sessions = () =>
    live.ask(
      `SELECT string_agg(pid::text || backend_start::text, ' ') FROM ` +
        `pg_stat_activity WHERE usename = '${credentials.monitor.name}'`,
    );
  const consoles = async () =>
    (await show(live.pgbouncer, 'SHOW CLIENTS'))
      .filter(({ user }) => user === credentials.poolerMonitor.name)
      .map((row) => `${row['ptr']} ${row['connect_time']}`);
  await askAdmin(app, '/connections/health');
  const [session, console] = [await sessions(), await consoles()];
  expect(session.split('+00').length - 1).toBe(1);
  expect(console).toHaveLength(1);

  const seen: unknown[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) seen.push(await sessions(), await consoles());
  })();
  const poll = async (path: string): Promise<number> =>
    (
      await fetch(`${app.adminUrl}/api/admin/monitoring${path}`, {
        headers: { Authorization: `Bearer ${app.adminToken}` },
      })
    ).status;
  // 200 requests, and more of them where the machine is too busy to look often enough meanwhile.
  for (let round = 0; round < 5 || seen.length < 10; round += 1) {
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, index) => poll(ROUTES[index % ROUTES.length] ?? '')),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    await sleep(600);
  }
  isOver = true;
  await watching;
  expect(new Set(seen.map((one) => JSON.stringify(one)))).toEqual(
    new Set([JSON.stringify(session), JSON.stringify(console)]),
  );
  for (const [index, schema] of SCHEMAS.entries())
    expect(schema.safeParse((await askAdmin(app, ROUTES[index] ?? '')).body).error).toBeUndefined();
}
