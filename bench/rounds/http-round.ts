import { setTimeout as sleep } from 'node:timers/promises';
import { startHttpLoad, type HttpTarget, type Requests } from './http-load.ts';
import { watchOthers } from './quiet-machine.ts';
import { startMeters, type Meters } from './used-cpu.ts';

/** What one side did in one round. */
export interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time per operation, by the name of the process. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** Cores that were busy for others than the side and its load. */
  readonly othersCores: number;
}

export interface Work {
  readonly connections: number;
  readonly requests: Requests;
  readonly seconds: number;
}

/** Of each round, not measured: clients connect again, and what a paused process catches up on. */
const SETTLE_MS = 250;
/** The same for each connection, until the queue that they make is as long as it stays. */
const SETTLE_PER_CONNECTION_MS = 1.5;

/**
 * Sends requests for a while and counts.
 * @throws when a request fails: an error is quick, and would pass for throughput.
 */
export async function measureHttp(
  target: HttpTarget,
  work: Work,
  meters: Meters = {},
): Promise<Round> {
  const load = startHttpLoad(target, work);
  try {
    await sleep(Math.max(SETTLE_MS, work.connections * SETTLE_PER_CONNECTION_MS));
    load.takeLatencies();
    const [answeredBefore, startedAtMs] = [load.answered, performance.now()];
    const stopMeters = startMeters(meters);
    const stopWatching = watchOthers();
    await sleep(work.seconds * 1_000);
    const answered = load.answered - answeredBefore;
    const tookMs = performance.now() - startedAtMs;
    const cpuUs = stopMeters(answered);
    const usedUs = Object.values(cpuUs).reduce((sum, us) => sum + us, 0) * answered;
    const othersCores = stopWatching({ cpuMs: usedUs / 1_000 });
    const latencies = load.takeLatencies();
    if (load.failures.size > 0)
      throw new Error(`requests failed: ${JSON.stringify(Object.fromEntries(load.failures))}`);
    return {
      perSecond: (answered * 1_000) / tookMs,
      p50Ms: latencies.percentile(50) / 1_000,
      p99Ms: latencies.percentile(99) / 1_000,
      cpuUs,
      othersCores,
    };
  } finally {
    await load.stop();
  }
}
