import type { Observation } from './observation.ts';
import type { PoolerTotals } from '../readings/readings.ts';
import type { Verdict } from '../diagnosis/verdict.ts';

/** Point of the charts; a layer that was down, or is off, is null. */
export interface Sample {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  readonly verdict: Verdict['state'];
  readonly app: {
    readonly active: number;
    readonly waiting: number;
    readonly max: number;
    readonly acquireMaxMs: number;
  };
  readonly pgbouncer: PoolerSample | null;
  readonly postgres: {
    readonly active: number;
    readonly total: number;
    readonly available: number;
    readonly longestTransactionMs: number;
    readonly lockWaits: number;
  } | null;
  readonly redis: {
    readonly opsPerSecond: number;
    readonly usedMemoryBytes: number;
    readonly connectedClients: number;
  } | null;
}

export interface PoolerSample extends PoolerRates {
  readonly clients: number;
  readonly clientsMax: number;
  readonly waiting: number;
  readonly maxWaitMs: number;
  readonly serversActive: number;
  readonly servers: number;
  /** Size of the pool, without the reserve. */
  readonly serversMax: number;
}

/**
 * Rates since the previous sample; null for the first one, after a restart of PgBouncer, and where
 * nothing was queried.
 */
interface PoolerRates {
  readonly queriesPerSecond: number | null;
  readonly averageQueryMs: number | null;
  readonly averageWaitMs: number | null;
  readonly serverParsesPerQuery: number | null;
}

/** Samples of the last hour, oldest first. */
export interface History {
  readonly sampleEverySeconds: number;
  readonly samples: readonly Sample[];
}

export interface SampleBook extends History {
  add(observation: Observation): Sample;
}

const HOUR_SECONDS = 3_600;

/**
 * Keeps one hour of samples, if they come every `sampleEverySeconds`; never more than that many.
 */
export function createSampleBook(sampleEverySeconds: number): SampleBook {
  const size = Math.floor(HOUR_SECONDS / sampleEverySeconds);
  const samples: Sample[] = [];
  let before: Moment | undefined;
  return {
    sampleEverySeconds,
    samples,
    add(observation) {
      const { pgbouncer } = observation.layers;
      const moment: Moment | undefined =
        pgbouncer.state === 'up'
          ? { atMs: Date.parse(observation.at), totals: pgbouncer.totals }
          : undefined;
      const sample = toSample(observation, ratesBetween(before, moment));
      before = moment;
      samples.push(sample);
      if (samples.length > size) samples.shift();
      return sample;
    },
  };
}

interface Moment {
  readonly atMs: number;
  readonly totals: PoolerTotals;
}

const NO_RATES: PoolerRates = {
  queriesPerSecond: null,
  averageQueryMs: null,
  averageWaitMs: null,
  serverParsesPerQuery: null,
};

function ratesBetween(before: Moment | undefined, now: Moment | undefined): PoolerRates {
  if (before === undefined || now === undefined || now.atMs <= before.atMs) return NO_RATES;
  const grown = (key: keyof PoolerTotals): number => now.totals[key] - before.totals[key];
  // A process that was started again counts from 0, and may have overtaken some of its former
  // totals already.
  if ((Object.keys(now.totals) as (keyof PoolerTotals)[]).some((key) => grown(key) < 0))
    return NO_RATES;
  const queries = grown('queries');
  const perQuery = (amount: number): number | null => (queries === 0 ? null : amount / queries);
  return {
    queriesPerSecond: (queries * 1_000) / (now.atMs - before.atMs),
    averageQueryMs: perQuery(grown('queryMs')),
    averageWaitMs: perQuery(grown('waitMs')),
    serverParsesPerQuery: perQuery(grown('serverParses')),
  };
}

function toSample({ at, verdict, layers }: Observation, rates: PoolerRates): Sample {
  const { app, pgbouncer, postgres, redis } = layers;
  return {
    atMs: Date.parse(at),
    verdict: verdict.state,
    app: {
      active: app.active,
      waiting: app.waiting,
      max: app.max,
      acquireMaxMs: app.acquire.maxMs,
    },
    pgbouncer:
      pgbouncer.state !== 'up'
        ? null
        : {
            clients: pgbouncer.clients.total,
            clientsMax: pgbouncer.clients.max,
            waiting: pgbouncer.clients.waiting,
            maxWaitMs: pgbouncer.maxWaitMs,
            serversActive: pgbouncer.servers.active,
            servers: pgbouncer.servers.total,
            serversMax: pgbouncer.servers.poolSize,
            ...rates,
          },
    postgres:
      postgres.state !== 'up'
        ? null
        : {
            active: postgres.connections.total - postgres.connections.idle,
            total: postgres.connections.total,
            available: postgres.available,
            longestTransactionMs: postgres.longestTransactionMs,
            lockWaits: postgres.lockWaits,
          },
    redis:
      redis.state !== 'up'
        ? null
        : {
            opsPerSecond: redis.opsPerSecond,
            usedMemoryBytes: redis.usedMemoryBytes,
            connectedClients: redis.connectedClients,
          },
  };
}
