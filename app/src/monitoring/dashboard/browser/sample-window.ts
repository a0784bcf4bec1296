import type { Sample } from '../../observing/history.ts';

const SPAN_MS = 3_600_000;

/** The samples of the last hour as this page has seen them; it outlives the app's own history when the app is started again. */
export interface SampleWindow {
  /** In the order in which they came. One that is an hour older than the newest begins the window anew. */
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
        // The server's clock was set back: what came before would hide all that comes until it has caught up.
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
