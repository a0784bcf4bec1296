/**
 * Renderers of a log entry's value by its key: a line that has such a key is this block and nothing
 * else.
 */
export type LogBlocks = Readonly<Record<string, (value: unknown) => string>>;

/** Keys that every line carries, shown first or not at all. */
const FRAME = ['level', 'time', 'msg', 'environment', 'err'];

type Entry = Record<string, unknown> & {
  readonly err?: { readonly stack?: string };
};

/**
 * Renders one JSON log line as `12:30:45.678 INFO  message key=value`, with an error's stack below
 * it, or as the block of a key that has one, without anything before it.
 */
export function renderPrettyLine(line: string, blocks: LogBlocks = {}): string {
  const entry = JSON.parse(line) as Entry;
  for (const [key, render] of Object.entries(blocks))
    if (entry[key] !== undefined) return `${render(entry[key])}\n`;
  const time = textOf(entry['time']).slice(11, 23);
  const level = textOf(entry['level']).toUpperCase().padEnd(5);
  const details = Object.entries(entry)
    .filter(([key]) => !FRAME.includes(key))
    .map(([key, value]) => ` ${key}=${textOf(value)}`)
    .join('');
  const stack = entry.err?.stack === undefined ? '' : `\n${entry.err.stack}`;
  return `${time} ${level} ${textOf(entry['msg'])}${details}${stack}\n`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
