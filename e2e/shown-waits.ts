import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { HealthBody } from '../app/src/monitoring/bodies/body-schemas.ts';
import { credentials } from './live-credentials.ts';
import { show } from './pgbouncer-console.ts';
import type { PooledDatabase } from './pooled-database.ts';

/**
 * The app's own probes come and go among those who wait: looked at until they did not for a moment.
 */
export async function expectRightWaits(
  live: PooledDatabase,
  readHealth: () => Promise<HealthBody>,
): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const before = await waitsAtConsole(live);
    await sleep(1_000);
    const { pgbouncer } = (await readHealth()).layers;
    const after = await waitsAtConsole(live);
    if (pgbouncer.state !== 'up') throw new Error(`PgBouncer is ${pgbouncer.state}`);
    if (before.waiting !== after.waiting) continue;
    expect(pgbouncer.clients.waiting).toBe(before.waiting);
    expect(pgbouncer.maxWaitMs).toBeGreaterThanOrEqual(Math.floor(before.maxWaitMs));
    expect(pgbouncer.maxWaitMs).toBeLessThanOrEqual(Math.ceil(after.maxWaitMs));
    return;
  }
  throw new Error('the number of waiting clients did not stand still for a second');
}

/** Of the app's own pool at PgBouncer; the console has no others here. */
export async function waitsAtConsole(
  live: PooledDatabase,
): Promise<{ readonly waiting: number; readonly maxWaitMs: number }> {
  const [pool = {}] = (await show(live.pgbouncer, 'SHOW POOLS')).filter(
    ({ user }) => user === credentials.app.name,
  );
  return {
    waiting: Number(pool['cl_waiting']),
    maxWaitMs: Number(pool['maxwait']) * 1_000 + Number(pool['maxwait_us']) / 1_000,
  };
}
