const STYLES = { title: '1', '+': '32', '-': '31', '*': '33', '!': '31;1', '@': '36' } as const;

/**
 * Colours for a terminal: the first line of each section, and every line with a mark in its first
 * column. The text itself stays the same.
 */
export function paintReport(text: string): string {
  return text
    .split('\n')
    .map((line, index, lines) => {
      const isTitle = line !== '' && (index === 0 || lines[index - 1] === '');
      const style = isTitle
        ? STYLES.title
        : (STYLES as Readonly<Record<string, string>>)[line[0] ?? ''];
      return style === undefined ? line : `\u001b[${style}m${line}\u001b[0m`;
    })
    .join('\n');
}

/** Whether to colour: only on a terminal, and only if its user wants it. https://no-color.org */
export const wantsColours = (
  { isTTY }: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv,
): boolean => isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
