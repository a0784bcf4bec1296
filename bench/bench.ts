import type { LiveEnvironment } from '../e2e/live-app.ts';

/** What each part of the suite gets. */
export interface Bench {
  readonly live: LiveEnvironment;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}
