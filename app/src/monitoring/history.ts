import type { Verdict } from './verdict.ts';

/** One point of the charts; a layer that was down, or is off, is null. */
export interface Sample {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  readonly verdict: Verdict['state'];
  readonly app: { readonly active: number; readonly waiting: number; readonly max: number; readonly acquireMaxMs: number };
  readonly pgbouncer: {
    readonly clients: number;
    readonly clientsMax: number;
    readonly waiting: number;
    readonly maxWaitMs: number;
    readonly serversActive: number;
    readonly servers: number;
    readonly serversMax: number;
    /** Since the sample before; null for the first one and after PgBouncer was started again. */
    readonly queriesPerSecond: number | null;
    readonly averageQueryMs: number | null;
    readonly averageWaitMs: number | null;
    readonly serverParsesPerQuery: number | null;
  } | null;
  readonly postgres: { readonly active: number; readonly total: number; readonly available: number; readonly longestTransactionMs: number; readonly lockWaits: number } | null;
  readonly redis: { readonly opsPerSecond: number; readonly usedMemoryBytes: number; readonly connectedClients: number } | null;
}

/** The last hour, oldest first, of a fixed size. */
export interface History {
  readonly sampleEverySeconds: number;
  readonly samples: readonly Sample[];
}
