// The dashboard's script contains this file, too: nothing that only a server can run belongs here.

/** Columns by which the list is sorted, largest first. */
export const SORTS = ['mean', 'total', 'max', 'calls'] as const;

/** Selection from the server's statement statistics. */
export interface SlowQueriesQuery {
  readonly limit: number;
  /** Smallest mean time of the statements listed. */
  readonly minMs: number;
  readonly sort: (typeof SORTS)[number];
}

export interface SlowQueries {
  readonly queries: readonly SlowQuery[];
  /** ISO 8601: since when the server counts. */
  readonly since: string | null;
}

export interface SlowQuery {
  /** Normalised: constants stand as $1. */
  readonly query: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
  readonly rows: number;
}
