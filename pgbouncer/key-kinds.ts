import { hasControlCharacter } from './plain-text.ts';

/** A value as it stands in the user's YAML, before it becomes text. */
export type SettingValue = string | number | boolean;

/** What a key takes. Ranges are what this project accepts, which is narrower than PgBouncer. */
export type KeyKind =
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'seconds'; readonly min: number; readonly max: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  | { readonly type: 'octal' }
  | { readonly type: 'text' };

/** PgBouncer keeps far longer values; this keeps the file readable. */
const LONGEST_TEXT_CHARACTERS = 1_000;

/** Describes in words what a key of this kind takes. */
export function describeKind(kind: KeyKind): string {
  switch (kind.type) {
    case 'integer':
      return `a whole number from ${kind.min} to ${kind.max}`;
    case 'seconds':
      return `seconds from ${kind.min} to ${kind.max}, at most three decimals and six digits`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${kind.values.join(', ')}`;
    case 'octal':
      return 'an octal file mode as text, such as 0777';
    case 'text':
      return (
        `one line of text of at most ${LONGEST_TEXT_CHARACTERS} characters, without control ` +
        'characters or spaces at its ends'
      );
    default:
      return kind satisfies never;
  }
}

/**
 * The text PgBouncer is given for a value, or undefined when the value does not fit.
 * PgBouncer itself takes -1 for a size, wraps 2^32 and reads 010 as 8, each without a word;
 * so numbers are checked here and written in one canonical form.
 */
export function formatValue(kind: KeyKind, value: unknown): string | undefined {
  switch (kind.type) {
    case 'integer':
      return isWithin(kind, value) && Number.isInteger(value) ? String(value) : undefined;
    case 'seconds':
      return isWithin(kind, value) && isShownExactly(value) ? String(value) : undefined;
    case 'boolean':
      if (value === true || value === 1) return '1';
      return value === false || value === 0 ? '0' : undefined;
    case 'choice':
      return kind.values.find((choice) => choice === value);
    case 'octal':
      return typeof value === 'string' && /^0[0-7]{3}$/.test(value) ? value : undefined;
    case 'text':
      return typeof value === 'string' && isPlainLine(value) ? value : undefined;
    default:
      return kind satisfies never;
  }
}

/**
 * PgBouncer trims the ends of a value, so text with spaces there would not be what was asked for.
 */
function isPlainLine(text: string): boolean {
  return (
    text.length <= LONGEST_TEXT_CHARACTERS &&
    text.trim() === text &&
    text.isWellFormed() &&
    !hasControlCharacter(text)
  );
}

function isWithin(
  range: { readonly min: number; readonly max: number },
  value: unknown,
): value is number {
  return (
    typeof value === 'number' && value >= range.min && value <= range.max && !Object.is(value, -0)
  );
}

/**
 * SHOW CONFIG prints seconds with six significant digits; finer values could not be verified after
 * a deploy.
 */
function isShownExactly(seconds: number): boolean {
  return /^\d+(\.\d{1,3})?$/.test(String(seconds)) && Number(seconds.toPrecision(6)) === seconds;
}
