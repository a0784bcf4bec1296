import type { Logger } from 'pino';

const HOUR_MS = 3_600_000;
const MAX_REMEMBERED = 1_000;

/**
 * Logs admitted addresses: the first time in an hour at `info`, then at `debug`, since a scraper
 * calls every few seconds.
 */
export function createAccessLog(
  logger: Logger,
): (address: string, by: 'token' | 'session') => void {
  const quietUntilMs = new Map<string, number>();
  return (address, by) => {
    const key = `${address} ${by}`;
    const nowMs = performance.now();
    const isNews = nowMs >= (quietUntilMs.get(key) ?? 0);
    logger[isNews ? 'info' : 'debug']({ address, by }, 'admin access');
    if (!isNews) return;
    if (quietUntilMs.size >= MAX_REMEMBERED) quietUntilMs.clear();
    quietUntilMs.set(key, nowMs + HOUR_MS);
  };
}
