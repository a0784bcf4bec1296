import type { LayerName } from '../layer-words.ts';
import type { Logger } from 'pino';
import { within } from '../../../within.ts';
import type { DownReading, Reading } from '../readings.ts';
import { downReasonOf, ReadingTimeoutError } from './down-reason.ts';

export interface LayerReader<T> {
  /**
   * Reads the layer at most once a second and never twice at a time. Never throws, and answers
   * within a second.
   */
  read(): Promise<Reading<T>>;
}

const DEADLINE_MS = 1_000;

/**
 * Lifetime of a reading, less than the second of a whole observation: with equal times every other
 * observation would hold the previous reading.
 */
const CACHE_MS = 900;

/**
 * @param read asks the layer once.
 * @param abandon ends an attempt that took too long, so that the next one starts anew.
 */
export function createLayerReader<T extends object>(parts: {
  readonly layer: LayerName;
  readonly read: () => Promise<T>;
  readonly abandon: () => void;
  readonly logger: Logger;
}): LayerReader<T> {
  const { layer, read, abandon, logger } = parts;
  let down: Pick<DownReading, 'since' | 'reason'> | undefined;
  let cached: { readonly untilMs: number; readonly reading: Promise<Reading<T>> } | undefined;

  const attempt = async (): Promise<Reading<T>> => {
    const startedAtMs = performance.now();
    const tookMs = (): number => performance.now() - startedAtMs;
    try {
      const counts = await within(DEADLINE_MS, read(), () => new ReadingTimeoutError(DEADLINE_MS));
      if (down !== undefined) logger.info({ layer }, 'layer can be read again');
      down = undefined;
      return { state: 'up', tookMs: tookMs(), ...counts };
    } catch (error) {
      if (error instanceof ReadingTimeoutError) abandon();
      const reason = downReasonOf(error);
      if (down?.reason !== reason)
        logger.warn({ layer, reason, detail: messageOf(error) }, 'layer cannot be read');
      down = { since: down?.since ?? new Date().toISOString(), reason };
      return { state: 'down', tookMs: tookMs(), ...down };
    }
  };

  return {
    read() {
      const nowMs = performance.now();
      if (cached === undefined || nowMs >= cached.untilMs) {
        const reading = attempt();
        // While it lasts nobody starts another one.
        const current = (cached = { untilMs: Infinity, reading });
        void reading.then(() => {
          if (cached === current) cached = { untilMs: nowMs + CACHE_MS, reading };
        });
      }
      return cached.reading;
    },
  };
}

/** Returns the text only: an error of a client may carry the client, and with it a password. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
