import type { Drift } from '../readings.ts';
import type { Row } from './monitored-client.ts';

/** These follow from the command line, not from the file. */
const FROM_COMMAND_LINE: readonly unknown[] = ['conffile', 'verbose'];

/**
 * Compares a running PgBouncer with the plan: planned keys must have the planned value, all others the one that
 * PgBouncer itself calls the default, so that a `SET` typed into the console is found too.
 * @param rows of SHOW CONFIG: key, value, default.
 */
export function findDrift(
  planned: Readonly<Record<string, string>>,
  rows: readonly Row[],
): readonly Drift[] {
  const shown = new Map(rows.map((row) => [String(row['key']), row]));
  const unknown = Object.entries(planned).filter(([key]) => !shown.has(key));
  const different = [...shown]
    .filter(([key]) => Object.hasOwn(planned, key) || !FROM_COMMAND_LINE.includes(key))
    .map(([key, row]) => ({
      key,
      planned: Object.hasOwn(planned, key) ? planned[key]! : textOf(row['default']),
      shown: textOf(row['value']),
    }))
    .filter((row) => !isSameValue(row.planned, row.shown));
  return [...unknown.map(([key, value]) => ({ key, planned: value, shown: null })), ...different];
}

/** SHOW CONFIG prints large seconds as 1e+06, and a file mode in decimal though its default in octal. */
function isSameValue(planned: string, shown: string): boolean {
  if (planned === shown) return true;
  if (planned === '' || shown === '') return false;
  return (
    Number(planned) === Number(shown) ||
    (/^0[0-7]+$/.test(planned) && Number.parseInt(planned, 8) === Number(shown))
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
