import { findKey } from './keys.ts';

/** One row of `SHOW CONFIG`; `stock` is its column `default`. */
export interface ShownKey {
  readonly key: string;
  readonly value: string;
  readonly stock: string;
}

/**
 * A key whose value in the running process is not the planned one. `shown` is undefined when the
 * process does not know the key.
 */
export interface Drift {
  readonly key: string;
  readonly planned: string;
  readonly shown: string | undefined;
}

/** Follows from the command line, not from the file. */
const FROM_COMMAND_LINE: readonly string[] = ['conffile', 'verbose'];

/**
 * A planned [pgbouncer] section as `SHOW CONFIG` prints it: file modes in decimal. Large seconds
 * may still differ in spelling (1e+06), not in number.
 */
export function renderShownConfig(
  planned: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(planned).map(([key, value]) => [key, renderShownValue(key, value)]),
  );
}

/**
 * Compares a running PgBouncer with the planned [pgbouncer] section: planned keys must have the
 * planned value, all others the stock one, so that a `SET` typed into the console is found too.
 * Empty means that they agree.
 */
export function findDrift(
  config: Readonly<Record<string, string>>,
  shown: readonly ShownKey[],
): readonly Drift[] {
  return findShownDrift(renderShownConfig(config), shown);
}

/** Compares as `findDrift` does, with a plan that `renderShownConfig` has spelled already. */
export function findShownDrift(
  planned: Readonly<Record<string, string>>,
  shown: readonly ShownKey[],
): readonly Drift[] {
  const known = new Set(shown.map(({ key }) => key));
  const plannedFor = ({ key, stock }: ShownKey): string =>
    (Object.hasOwn(planned, key) ? planned[key] : undefined) ?? renderShownValue(key, stock);
  return [
    ...Object.entries(planned)
      .filter(([key]) => !known.has(key))
      .map(([key, value]) => ({ key, planned: value, shown: undefined })),
    ...shown
      .filter(({ key }) => Object.hasOwn(planned, key) || !FROM_COMMAND_LINE.includes(key))
      .map((row) => ({ key: row.key, planned: plannedFor(row), shown: row.value }))
      .filter((row) => !isSameValue(row.planned, row.shown)),
  ];
}

/** The column `default` has a mode in octal, the column `value` in decimal. */
function renderShownValue(key: string, value: string): string {
  return findKey(key)?.kind.type === 'octal' ? String(Number.parseInt(value, 8)) : value;
}

function isSameValue(planned: string, shown: string): boolean {
  return planned === shown || (planned !== '' && shown !== '' && Number(planned) === Number(shown));
}
