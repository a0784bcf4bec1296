const NUMBERS = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SMALL_NUMBERS = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const TINY_NUMBERS = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const MEBIBYTE = 2 ** 20;

/** `1,234`; below ten with one decimal, where there is one. */
export const showCount = (value: number): string =>
  (Math.abs(value) < 10 ? SMALL_NUMBERS : NUMBERS).format(value);

/** `0.06 ms`, `240 ms`, `1.2 s`, `4 min 12 s`, `2 h 5 min`. */
export function showDuration(ms: number): string {
  if (ms < 1) return `${TINY_NUMBERS.format(ms)} ms`;
  if (ms < 1_000) return `${showCount(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60)
    return `${showCount(seconds < 10 ? Math.floor(seconds * 10) / 10 : Math.floor(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${withRest(Math.floor(seconds) % 60, 's')}`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${hours} h${withRest(minutes % 60, 'min')}`
    : `${Math.floor(hours / 24)} days`;
}

const withRest = (rest: number, unit: string): string => (rest === 0 ? '' : ` ${rest} ${unit}`);

/**
 * Formats an age in whole seconds or whole minutes: it is redrawn each second and should not
 * flicker.
 */
export function showAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds === 0) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min ago` : `${showDuration(ms)} ago`;
}

export const toMebibytes = (bytes: number): number => bytes / MEBIBYTE;

export const showMebibytes = (bytes: number): string => `${showCount(toMebibytes(bytes))} MiB`;

/** Formats 24-hour time in the zone of the browser, or in the one that is given. */
export function showTime(atMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(atMs);
}

/** Formats like `showTime`, with the date in front where it is not the same day as `nowMs`. */
export function showMoment(atMs: number, nowMs: number, timeZone?: string): string {
  const day = new Intl.DateTimeFormat('sv-SE', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  const date = day.format(atMs);
  return date === day.format(nowMs)
    ? showTime(atMs, timeZone)
    : `${date} ${showTime(atMs, timeZone)}`;
}
