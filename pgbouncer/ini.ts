import { hasControlCharacter } from './key-kinds.ts';

/** Section name -> key -> value, as PgBouncer's own file has them. */
export type Ini = Readonly<Record<string, Readonly<Record<string, string>>>>;

const sectionOrder = ['databases', 'pgbouncer'] as const;
const header =
  '; Generated from the settings of the stack. Change those: this file is overwritten.';
/** PgBouncer 1.26 refuses every other key, quoted names of databases among them. */
const keyPattern = /^[A-Za-z0-9_.-]+$/;

/**
 * Renders the file: the two sections in fixed order, keys sorted, one `key = value` a line, a last newline.
 * PgBouncer takes everything from the `=` to the line's end as the value, less blanks at both ends:
 * quotes, backslashes, `;`, `#` and `%` are plain characters there, so nothing is escaped, and what cannot
 * be written (a control character, blanks at an end) throws.
 */
export function renderIni(ini: Ini): string {
  const sections = sectionOrder.map((section) =>
    [`[${section}]`, ...renderEntries(section, ini[section] ?? {})].join('\n'),
  );
  return `${header}\n${sections.join('\n\n')}\n`;
}

function renderEntries(
  section: string,
  entries: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys(entries)
    .sort()
    .map((key) => {
      const value = entries[key]!;
      if (!keyPattern.test(key))
        throw new Error(
          `[${section}] key ${JSON.stringify(key)}: PgBouncer allows letters, digits, "_", "." and "-" only`,
        );
      if (hasControlCharacter(value))
        throw new Error(
          `[${section}] ${key}: the value holds a newline or another control character; remove it`,
        );
      if (value.trim() !== value)
        throw new Error(
          `[${section}] ${key}: the value begins or ends with blanks, which PgBouncer drops; remove them`,
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
    const entry = /^([\w.-]+)\s*=(.*)$/.exec(line);
    if (entry === null || section === undefined)
      throw new Error(`pgbouncer.ini line ${index + 1}: expected [section] or key = value`);
    section[entry[1]!] = entry[2]!.trim();
  }
  return ini;
}
