import { keys } from './keys.ts';

/** One row of `SHOW CONFIG`; `stock` is its column `default`. */
export interface ShownKey {
  readonly key: string;
  readonly value: string;
  readonly stock: string;
}

/** A key whose value in the running process is not the planned one. `shown` is undefined when the process does not know the key. */
export interface Drift {
  readonly key: string;
  readonly planned: string;
  readonly shown: string | undefined;
}

/** Follows from the command line, not from the file. */
const fromCommandLine: readonly string[] = ['conffile', 'verbose'];

/**
 * Compares a running PgBouncer with the planned [pgbouncer] section: planned keys must have the planned value, all
 * others the stock one, so that a `SET` typed into the console is found too. Empty means that they agree.
 */
export function findDrift(planned: Readonly<Record<string, string>>, shown: readonly ShownKey[]): readonly Drift[] {
  const rows = new Map(shown.map((row) => [row.key, row]));
  const unknown = Object.keys(planned).filter((key) => !rows.has(key));
  return [
    ...unknown.map((key) => ({ key, planned: planned[key]!, shown: undefined })),
    ...shown
      .filter((row) => Object.hasOwn(planned, row.key) || !fromCommandLine.includes(row.key))
      .map((row) => ({ key: row.key, planned: planned[row.key] ?? row.stock, shown: row.value }))
      .filter((row) => !isSameValue(row.key, row.planned, row.shown)),
  ];
}

/** SHOW CONFIG prints a file mode in decimal and large seconds as 1e+06. */
function isSameValue(key: string, planned: string, shown: string): boolean {
  if (planned === shown) return true;
  const kind = Object.hasOwn(keys, key) ? keys[key]!.kind.type : 'text';
  if (kind === 'octal') return Number.parseInt(planned, 8) === Number(shown);
  return kind === 'seconds' && Number(planned) === Number(shown);
}
