import type { SettingChange } from '../plan/raised-setting.ts';
import type { LayerName } from '../readings/layer-words.ts';

/** Shorter waits, at PgBouncer or in the app, are the ordinary queue of a busy moment. */
export const MIN_WAIT_MS = 50;

export const VERDICT_STATES = ['ok', 'saturated', 'down'] as const;
export const EVIDENCE_UNITS = ['connections', 'clients', 'ms', 'percent'] as const;

type VerdictState = (typeof VERDICT_STATES)[number];

/** Bottleneck of the chain, with the evidence and what to do. */
export interface Verdict {
  /** `saturated`: work waits, or is about to, at `layer`. `down`: `layer` does not answer. */
  readonly state: VerdictState;
  readonly layer: LayerName | null;
  /** Sentence for a person, without host names. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** Sentence on what to do; null when there is nothing to do. */
  readonly remedy: string | null;
  /** The setting to change, where one helps and the budget leaves room. */
  readonly change: SettingChange | null;
}

export interface Evidence {
  readonly what: string;
  readonly value: number;
  readonly limit: number | null;
  readonly unit: (typeof EVIDENCE_UNITS)[number];
}
