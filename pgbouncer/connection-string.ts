import { hasControlCharacter } from './plain-text.ts';

/**
 * Renders the value of a [databases] line. A parameter is quoted with `'`, doubled inside; a
 * backslash is a plain character. Throws on an empty parameter, which PgBouncer refuses, and on
 * control characters.
 */
export function renderConnectionString(
  parameters: Readonly<Record<string, string | number>>,
): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${quote(name, String(value))}`)
    .join(' ');
}

function quote(name: string, value: string): string {
  if (value === '')
    throw new Error(
      `${name} of the database is empty; give a host, an address or a socket directory`,
    );
  if (hasControlCharacter(value))
    throw new Error(
      `${name} of the database holds a newline or another control character; remove it`,
    );
  return /^[\w./:@%,-]+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
}
