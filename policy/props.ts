import { type Props, UNKNOWN } from './subject.ts';

/** The value at a path; `UNKNOWN` when a part of the path is, `undefined` when there is none. */
export function valueAt(from: unknown, ...path: readonly (string | number)[]): unknown {
  let value = from;
  for (const key of path) {
    if (value === UNKNOWN) return UNKNOWN;
    value =
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined;
  }
  return value ?? undefined;
}

/** Whether a value is right, as far as it is known. */
export const holds = (value: unknown, isRight: (known: unknown) => boolean): boolean =>
  value === UNKNOWN || isRight(value);

export const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0;
export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '';

/** The entries of a list; none where there is no list, or it is unknown. */
export const listAt = (
  from: unknown,
  ...path: readonly (string | number)[]
): readonly unknown[] => {
  const value = valueAt(from, ...path);
  return Array.isArray(value) ? value : [];
};

/** The entries of a map; none where there is no map, or it is unknown. */
export const mapAt = (from: unknown, ...path: readonly (string | number)[]): Props => {
  const value = valueAt(from, ...path);
  return typeof value === 'object' && value !== null ? (value as Props) : {};
};

/** `postgres-data`, `postgres_data` and `postgresData` are `postgres` and `data`. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

/** Control characters (C0, DEL, C1) and Unicode's two line separators. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/gu;
const LONGEST_SHOWN_CHARACTERS = 80;

/**
 * Renders a value for a message: on one line, whatever it holds, and at most 80 characters of it.
 * Values come from the engine, so they are plain data or `UNKNOWN`.
 */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === UNKNOWN) return 'what only the update will know';
  const text = JSON.stringify(value).replaceAll(
    CONTROL_CHARACTERS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > LONGEST_SHOWN_CHARACTERS
    ? `${text.slice(0, LONGEST_SHOWN_CHARACTERS - 3)}...`
    : text;
}
