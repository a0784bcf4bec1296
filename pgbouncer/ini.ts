import { hasControlCharacter } from './plain-text.ts';

/** Section name -> key -> value, as PgBouncer's own file has them. */
export type Ini = Readonly<Record<string, Readonly<Record<string, string>>>>;

const SECTION_ORDER = ['databases', 'peers', 'pgbouncer'] as const;
const HEADER =
  '; Generated from the settings of the stack. Change those: this file is overwritten.';
/** PgBouncer 1.26 refuses every other key, quoted names of databases among them. */
const KEY_PATTERN = /^[A-Za-z0-9_.-]+$/;

/**
 * Renders the file: the sections in fixed order, keys sorted, one `key = value` a line, a last
 * newline. PgBouncer takes everything from the `=` to the line's end as the value, less blanks at
 * both ends: quotes, backslashes, `;`, `#` and `%` are plain characters there, so nothing is
 * escaped, and what cannot be written (a control character, blanks at an end) throws.
 */
export function renderIni(ini: Ini): string {
  const sections = SECTION_ORDER.flatMap((section) => {
    const entries = ini[section];
    if (entries === undefined) return [];
    return [[`[${section}]`, ...renderEntries(section, entries)].join('\n')];
  });
  return `${HEADER}\n${sections.join('\n\n')}\n`;
}

function renderEntries(
  section: string,
  entries: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(entries)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => {
      if (!KEY_PATTERN.test(key))
        throw new Error(
          `[${section}] key ${JSON.stringify(key)}: PgBouncer allows letters, digits, "_", "." ` +
            'and "-" only',
        );
      if (hasControlCharacter(value))
        throw new Error(
          `[${section}] ${key}: the value holds a newline or another control character; remove it`,
        );
      if (value.trim() !== value)
        throw new Error(
          `[${section}] ${key}: the value begins or ends with blanks, which PgBouncer drops; ` +
            'remove them',
        );
      return value === '' ? `${key} =` : `${key} = ${value}`;
    });
}

/** Reads text that `renderIni` wrote. Throws with the line's number on anything else. */
export function parseIni(text: string): Ini {
  const ini: Record<string, Record<string, string>> = {};
  let section: Record<string, string> | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*([;#].*)?$/.test(line)) continue;
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      section = ini[name] ??= {};
      continue;
    }
    const [, key, value] = /^([\w.-]+)\s*=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined || section === undefined)
      throw new Error(`pgbouncer.ini line ${index + 1}: expected [section] or key = value`);
    section[key] = value.trim();
  }
  return ini;
}
