import type { LayerName } from './readings.ts';
import type { RaisableSetting } from './monitoring-plan.ts';

/** Where the chain is at its limit, with the numbers that say so and what to do. */
export interface Verdict {
  /** `saturated`: work waits, or is about to, at `layer`. `down`: `layer` does not answer. */
  readonly state: 'ok' | 'saturated' | 'down';
  readonly layer: LayerName | null;
  /** One sentence for a person; no host names in it. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** What to do about it, in a sentence; null when there is nothing to do. */
  readonly remedy: string | null;
  /** The setting to change, where one helps and the budget leaves room. */
  readonly change: { readonly setting: RaisableSetting; readonly from: number; readonly to: number } | null;
}

export interface Evidence {
  readonly what: string;
  readonly value: number;
  readonly limit: number | null;
  readonly unit: 'connections' | 'clients' | 'ms' | 'percent';
}
