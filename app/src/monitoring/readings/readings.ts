import type { DownReason } from './layer-words.ts';

/** Answer of a layer, or that it is down, or that this environment has none. */
export type Reading<T> =
  (T & { readonly state: 'up'; readonly tookMs: number }) | DownReading | { readonly state: 'off' };

export interface DownReading {
  readonly state: 'down';
  /** ISO 8601, UTC: the first reading of those without an answer in between. */
  readonly since: string;
  readonly reason: DownReason;
  readonly tookMs: number;
}

/** The app's own pool of client connections: numbers of this process. */
export interface AppPoolCounts {
  readonly active: number;
  readonly idle: number;
  readonly total: number;
  /** Work that waits for a client connection. */
  readonly waiting: number;
  /** Age of the oldest wait; 0 when none waits. */
  readonly longestWaitMs: number;
  readonly max: number;
  /** Time it took to get a client connection, over the last ten seconds. */
  readonly acquire: { readonly count: number; readonly meanMs: number; readonly maxMs: number };
}

/** Counts of one PgBouncer process, or their sums over several. */
export interface PoolerUse {
  readonly clients: {
    /** `cl_active`: linked to a server connection, or idle. */
    readonly active: number;
    /** `cl_waiting`: have sent a query and got no server connection yet. */
    readonly waiting: number;
    /** All that count against `max_client_conn`, consoles included. */
    readonly total: number;
    readonly max: number;
  };
  readonly servers: {
    /** Linked to a client, or being cancelled. */
    readonly active: number;
    readonly idle: number;
    /** Idle too long, and to be tested before the next use; or being tested. */
    readonly used: number;
    /** Logging in to Postgres. */
    readonly login: number;
    readonly total: number;
    /** `default_pool_size`, as the process has it. */
    readonly poolSize: number;
    /** Size of the pool with `reserve_pool_size`. */
    readonly max: number;
  };
  /** Age of the oldest wait of a client. */
  readonly maxWaitMs: number;
}

/** PgBouncer's console: the pools of all databases but its own, added up over all processes. */
export interface PoolerCounts extends PoolerUse {
  readonly totals: PoolerTotals;
  readonly drift: readonly Drift[];
  /** Where several processes share the clients. */
  readonly processes?:
    | {
        readonly all: number;
        /** Those that answered; the sums are theirs. */
        readonly each: readonly ProcessUse[];
        /** Those that did not; `host` is the directory of a socket, or an address. */
        readonly silent: readonly { readonly process: number; readonly host: string }[];
      }
    | undefined;
}

/** Counts of one of several processes, by its number from 1. */
export interface ProcessUse extends PoolerUse {
  readonly process: number;
}

/**
 * Totals since the process started; two of them make a rate. Those of several processes never fall,
 * also when one of them ends or starts again.
 */
export interface PoolerTotals {
  readonly queries: number;
  readonly transactions: number;
  readonly queryMs: number;
  readonly transactionMs: number;
  readonly waitMs: number;
  readonly clientParses: number;
  readonly serverParses: number;
  readonly binds: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/**
 * A key whose value in the running PgBouncer is not the planned one; `shown` is null when the
 * process does not know it.
 */
export interface Drift {
  readonly key: string;
  readonly planned: string;
  readonly shown: string | null;
  /** Number of the process from 1, where there are several. */
  readonly process?: number | undefined;
}

/**
 * The whole server's client backends, from pg_stat_activity; this reader's own connection is one of
 * them.
 */
export interface PostgresCounts {
  readonly connections: {
    readonly active: number;
    readonly idle: number;
    readonly idleInTransaction: number;
    /** `fastpath function call`, `disabled`, or not visible yet. */
    readonly other: number;
    readonly total: number;
    /** Connections of the role that the app logs in as. */
    readonly ofApp: number;
    readonly ofOthers: number;
  };
  readonly maxConnections: number;
  readonly reservedConnections: number;
  readonly superuserReservedConnections: number;
  /** Connections for ordinary roles: `maxConnections` less both reserves. */
  readonly available: number;
  readonly longestTransactionMs: number;
  /** Backends that wait for a lock. */
  readonly lockWaits: number;
}

export interface RedisCounts {
  /** Status of ioredis: `ready` when it can be used. */
  readonly status: string;
  readonly connectedClients: number;
  readonly totalConnections: number;
  readonly totalCommands: number;
  readonly opsPerSecond: number;
  readonly usedMemoryBytes: number;
  /** 0 without a limit. */
  readonly maxMemoryBytes: number;
  readonly evictedKeys: number;
  readonly keyspaceHits: number;
  readonly keyspaceMisses: number;
  readonly uptimeSeconds: number;
}

/** All layers at one moment. */
export interface Layers {
  readonly app: AppPoolCounts;
  readonly pgbouncer: Reading<PoolerCounts>;
  readonly postgres: Reading<PostgresCounts>;
  readonly redis: Reading<RedisCounts>;
}

/** Returns a use in percent of its limit, with two decimals; 0 of 0 is 0. */
export function toPercent(used: number, limit: number): number {
  return limit === 0 ? 0 : Math.round((used * 10_000) / limit) / 100;
}
