import type { MeasuredPool } from '../../../clients/measured-pool.ts';
import type { AppPoolCounts } from '../readings.ts';

/** Reads the app's own pool: numbers of this process, so it can neither fail nor take time. */
export function readAppPool(pool: MeasuredPool): AppPoolCounts {
  const { totalCount: total, idleCount: idle, waitingCount: waiting, longestWaitMs } = pool;
  return {
    active: total - idle,
    idle,
    total,
    waiting,
    longestWaitMs,
    max: pool.options.max,
    acquire: pool.acquires,
  };
}
