/** The width of a terminal that everybody has. */
export const TEXT_WIDTH = 80;

/** Keeps two words on one line. */
export const TIE = '\u00a0';

/**
 * Words on as many lines as they need; each but the first begins with `indent`. A longer word stays
 * whole.
 */
export function wrap(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const isEmpty = line.trim() === '';
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...lines, line].map((tied) => tied.replaceAll(TIE, ' '));
}

/** Right-aligned cells behind a label, which wraps when it is longer than its column. */
export interface Columns {
  readonly label: number;
  readonly cells: readonly number[];
}

export interface Row {
  readonly label: string;
  readonly cells: readonly string[];
  /** Text in the first column of each line; a blank by default. */
  readonly mark?: string;
}

export function tableRow(columns: Columns, { label, cells, mark = ' ' }: Row): readonly string[] {
  const indent = `${/^ */.exec(label)?.[0] ?? ''}  `;
  const [first = '', ...rest] = wrap(label, columns.label - mark.length, indent).map(
    (line) => `${mark}${line}`,
  );
  const aligned = columns.cells
    .map((width, index) => (cells[index] ?? '').padStart(width))
    .join('');
  return [(first.padEnd(columns.label) + aligned).trimEnd(), ...rest];
}
