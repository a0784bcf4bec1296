import type { Sample } from '../../history.ts';

const SPAN_MS = 3_600_000;

/** The samples of the last hour as this page has seen them; it outlives the app's own history when the app is started again. */
export interface SampleWindow {
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
      const byTime = new Map([...samples, ...more].map((sample) => [sample.atMs, sample]));
      const sorted = [...byTime.values()].sort((a, b) => a.atMs - b.atMs);
      const oldestMs = (sorted.at(-1)?.atMs ?? 0) - SPAN_MS;
      samples = sorted.filter(({ atMs }) => atMs > oldestMs);
    },
    get samples() {
      return samples;
    },
    get newestMs() {
      return samples.at(-1)?.atMs;
    },
  };
}
