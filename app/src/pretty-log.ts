/** What every line carries, shown first or not at all. */
const FRAME = ['level', 'time', 'msg', 'environment', 'err'];

/** One JSON log line as `12:30:45.678 INFO  message key=value`, with an error's stack below it. */
export function renderPrettyLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown> & { readonly err?: { readonly stack?: string } };
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
