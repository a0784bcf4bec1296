import type { Figure } from './figures/figure.ts';
import type { BenchServers } from './servers/bench-servers.ts';

/** What each part of the suite gets. */
export interface Bench {
  readonly servers: BenchServers;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What each part of the suite gives. */
export interface Measured {
  readonly figures: readonly Figure[];
}
