/**
 * Renders a foreign text inside a line of Markdown: no mark-up in it counts, and no `@name` in it
 * is notified.
 */
export function codeSpan(text: string): string {
  const line = text.replaceAll(/\s*[\r\n]+\s*/g, ' ');
  const ticks = '`'.repeat(longestRun(line) + 1);
  // A blank at both ends is not part of the text; without one a backtick there would be part of the
  // marks.
  const isPadded = line.startsWith('`') || line.endsWith('`');
  return isPadded ? `${ticks} ${line} ${ticks}` : `${ticks}${line}${ticks}`;
}

/** Lines of their own. */
export function codeBlock(language: string, text: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}${language}\n${text.trimEnd()}\n${ticks}`;
}

/** Length of the longest run of backticks. */
const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
