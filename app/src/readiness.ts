import type { Logger } from 'pino';
import { within } from './within.ts';

type ReadinessState = 'ready' | 'draining' | 'database_down';

export interface Readiness {
  /** Never throws, and answers within the deadline. */
  check(): Promise<ReadinessState>;
}

/** Lifetime of an answer: many probes a second cost one query a second. */
const CACHE_MS = 1_000;

/**
 * Deadline below the usual probe timeout of a few seconds, so that the answer is the app's and not
 * the prober's.
 */
const DEADLINE_MS = 2_000;

/**
 * Ready means: not draining, and the database answered within the last second or so. Redis is asked
 * too and a change is logged, but it decides nothing: the app is correct without it, and taking
 * every instance out of service at once because a cache is gone would be the larger failure.
 */
export function createReadiness(options: {
  readonly isDraining: () => boolean;
  readonly askDatabase: () => Promise<unknown>;
  readonly askRedis: () => Promise<unknown>;
  readonly logger: Logger;
}): Readiness {
  const seen = new Map<string, boolean>();
  const askDatabase = oneAtATime(options.askDatabase);
  const askRedis = oneAtATime(options.askRedis);
  const ask = async (layer: string, question: () => Promise<unknown>): Promise<boolean> => {
    const error = await within(
      DEADLINE_MS,
      question(),
      () => new Error(`no answer within ${DEADLINE_MS} ms`),
    ).then(
      () => undefined,
      (reason: unknown) => reason ?? new Error('unknown'),
    );
    const answers = error === undefined;
    if (seen.get(layer) !== answers) {
      if (answers) options.logger.info({ layer }, 'layer answers');
      else options.logger.warn({ layer, err: error }, 'layer does not answer');
      seen.set(layer, answers);
    }
    return answers;
  };

  let cached: { readonly askedAtMs: number; readonly answer: Promise<boolean> } | undefined;
  const databaseAnswers = (): Promise<boolean> => {
    const nowMs = performance.now();
    if (cached === undefined || nowMs - cached.askedAtMs > CACHE_MS) {
      void ask('redis', askRedis);
      cached = { askedAtMs: nowMs, answer: ask('database', askDatabase) };
    }
    return cached.answer;
  };

  return {
    async check() {
      if (options.isDraining()) return 'draining';
      const answers = await databaseAnswers();
      if (options.isDraining()) return 'draining';
      return answers ? 'ready' : 'database_down';
    },
  };
}

/**
 * Shares a check that hangs instead of starting another: probes must not fill the pool that they
 * probe.
 */
function oneAtATime(question: () => Promise<unknown>): () => Promise<unknown> {
  let pending: Promise<unknown> | undefined;
  return () => (pending ??= question().finally(() => (pending = undefined)));
}
