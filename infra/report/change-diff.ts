import { TEXT_WIDTH } from './layout.ts';
import type { PlannedChange } from '../changes/plan-changes.ts';

/** Where the effect stands behind a changed line, when the line is short enough. */
const EFFECT_COLUMN = 42;

/**
 * The changed lines of the generated files, as `diff -u` shows them, each with what applying it
 * does: behind it, or below it where a terminal has no room.
 */
export function diffLines(changes: readonly PlannedChange[]): readonly string[] {
  const files = [...new Set(changes.map(({ file }) => file))];
  return files.flatMap((file) => [
    `@@ ${file} @@`,
    ...changes.filter((change) => change.file === file).flatMap(changedLines),
  ]);
}

const EFFECTS: Readonly<Record<Exclude<PlannedChange['effect'], 'restart'>, string>> = {
  reload: 'reload',
  scale: 'those that stay go on',
  roll: 'rolls the pods, cuts no client',
  move: 'the old address stops working',
  rotate: 'new passwords; those in use stay valid',
  revoke: 'new passwords; those in use are refused',
};

/** `reload`, or `restart, about 8 clients`. */
function showEffect({ file, key, effect, clients }: PlannedChange): string {
  if (effect !== 'restart') return EFFECTS[effect];
  // A restart of Postgres or Redis cuts connections, whoever holds them.
  const noun =
    key === 'Postgres' || file === 'postgresql.conf' || file === 'redis.conf'
      ? 'connection'
      : 'client';
  return `restart, about ${clients} ${noun}${clients === 1 ? '' : 's'}`;
}

function changedLines(change: PlannedChange): readonly string[] {
  const signed = (sign: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`${sign}${showLine(change, value)}`];
  const lines = [...signed('-', change.before), ...signed('+', change.after)];
  const comment = change.file === 'pgbouncer.ini' ? ';' : '#';
  return lines.flatMap((text) => {
    const effect = `${comment} ${showEffect(change)}`;
    const line = `${text.padEnd(EFFECT_COLUMN)}  ${effect}`;
    return line.length > TEXT_WIDTH ? [text, effect.padStart(TEXT_WIDTH)] : [line];
  });
}

/** A changed line as its file has it. */
function showLine({ file, key }: PlannedChange, value: string): string {
  switch (file) {
    case 'pgbouncer.ini':
      return `${key} = ${value}`.trimEnd();
    case 'postgresql.conf':
      return `${key} = '${value}'`;
    case 'redis.conf':
      return `${key} ${value}`;
    case 'container':
    case 'address':
    case 'credentials':
      return `${key}: ${value}`;
    default:
      return file satisfies never;
  }
}
