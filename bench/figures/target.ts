/** What a figure should be. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** Every target there is, in one place. */
export const TARGETS = {
  /** Requests a second of ours through the stock app's with the same protections, on Node 24. */
  toProtectedStock: { atLeast: 1.5 },
  /** The same through the bare one's, which has no protections. */
  toBareStock: { atLeast: 1 },
  readsToFloor: { atLeast: 0.45 },
  writesToFloor: { atLeast: 0.6 },
  /** p99 through the median of ours, at 16 connections. */
  tail: { atMost: 3 },
  /** Transactions a second through our PgBouncer, through those over direct TCP. */
  pooledPath: { atLeast: 0.95 },
  /** Requests a second with the monitoring on, through those with it off. */
  monitoring: { atLeast: 0.98 },
  /** Time from images to the first row, by `up` through by docker-compose. */
  firstRow: { atMost: 0.8 },
  /** Seconds. */
  noChangeUp: { atMost: 5 },
  /** Of `pulumi preview`, ours through that by ts-node. */
  previewTime: { atMost: 0.4 },
  previewMemory: { atMost: 0.5 },
  /** Statements that the servers parsed, per query. */
  serverParses: { atMost: 0.001 },
} as const satisfies Readonly<Record<string, Target>>;
