import type { PlannedChange } from '../plan-changes.ts';

/** Where the effect stands behind a changed line, when the line is short enough. */
const EFFECT_COLUMN = 42;

/** The changed lines of the generated files, as `diff -u` shows them, each with what applying it does. */
export function diffLines(changes: readonly PlannedChange[]): readonly string[] {
  const files = [...new Set(changes.map(({ file }) => file))];
  return files.flatMap((file) => [`@@ ${file} @@`, ...changes.filter((change) => change.file === file).flatMap(changedLines)]);
}

/** `reload`, or `restart, about 8 clients`. */
export function showEffect({ file, effect, clients }: PlannedChange): string {
  if (effect === 'reload') return 'reload';
  if (effect === 'roll') return 'rolls the pods, cuts no client';
  const noun = NOUNS[file];
  return `restart, about ${clients} ${noun}${clients === 1 ? '' : 's'}`;
}

const NOUNS: Readonly<Record<PlannedChange['file'], string>> = { 'pgbouncer.ini': 'client', container: 'client', 'postgresql.conf': 'server connection', 'redis.conf': 'connection' };

function changedLines(change: PlannedChange): readonly string[] {
  const line = (sign: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [`${sign}${showLine(change, value)}`]);
  const lines = [...line('-', change.before), ...line('+', change.after)];
  const comment = change.file === 'pgbouncer.ini' ? ';' : '#';
  return lines.map((text) => `${text.padEnd(EFFECT_COLUMN)}  ${comment} ${showEffect(change)}`);
}

/** As it stands in its file. */
function showLine({ file, key }: PlannedChange, value: string): string {
  switch (file) {
    case 'pgbouncer.ini':
      return `${key} = ${value}`.trimEnd();
    case 'postgresql.conf':
      return `${key} = '${value}'`;
    case 'redis.conf':
      return `${key} ${value}`;
    case 'container':
      return `${key}: ${value}`;
    default:
      return file satisfies never;
  }
}
