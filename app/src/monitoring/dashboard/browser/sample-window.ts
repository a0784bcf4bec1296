import type { Sample } from '../../observing/history.ts';

const SPAN_MS = 3_600_000;

/**
 * Samples of the last hour as this page has received them; they outlive a restart of the app and
 * its own history.
 */
export interface SampleWindow {
  /**
   * Adds samples in the order received. One that is an hour older than the newest resets the
   * window.
   */
  add(samples: readonly Sample[]): void;
  /** Oldest first. */
  readonly samples: readonly Sample[];
  /** `atMs` of the newest; undefined without any. */
  readonly newestMs: number | undefined;
}

export function createSampleWindow(): SampleWindow {
  let samples: readonly Sample[] = [];
  return {
    add(more) {
      const byTime = new Map(samples.map((sample) => [sample.atMs, sample]));
      let newestMs = samples.at(-1)?.atMs ?? -Infinity;
      for (const sample of more) {
        // The server's clock was set back: what came before would hide all that comes until it has
        // caught up.
        if (sample.atMs <= newestMs - SPAN_MS) {
          byTime.clear();
          newestMs = -Infinity;
        }
        byTime.set(sample.atMs, sample);
        newestMs = Math.max(newestMs, sample.atMs);
      }
      const sorted = [...byTime.values()].sort((a, b) => a.atMs - b.atMs);
      samples = sorted.filter(({ atMs }) => atMs > newestMs - SPAN_MS);
    },
    get samples() {
      return samples;
    },
    get newestMs() {
      return samples.at(-1)?.atMs;
    },
  };
}
