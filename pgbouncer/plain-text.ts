import { inspect } from 'node:util';

/** Control characters (C0, DEL, C1) and Unicode's two line separators. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/gu;
const LONGEST_SHOWN_CHARACTERS = 80;

/** Whether a text holds a control character: a newline in a value would start a key of its own. */
export const hasControlCharacter = (text: string): boolean => text.search(CONTROL_CHARACTERS) >= 0;

/**
 * Renders a value for a message as it stands in a YAML file, so that `"25"` and `25` look
 * different: on one line, whatever it holds, and at most 80 characters of it. Never throws.
 */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = (
    renderJson(value) ?? inspect(value, { depth: 1, breakLength: Infinity })
  ).replaceAll(
    CONTROL_CHARACTERS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > LONGEST_SHOWN_CHARACTERS
    ? `${text.slice(0, LONGEST_SHOWN_CHARACTERS - 3)}...`
    : text;
}

/** Returns undefined for what JSON cannot say: -0, NaN, a bigint, an object inside itself. */
function renderJson(value: unknown): string | undefined {
  if (typeof value === 'number') return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
