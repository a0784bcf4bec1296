/**
 * GitHub refuses a comment of more than 65,536 characters; who posts ours puts some of its own
 * around it.
 */
const COMMENT_CHARACTERS = 60_000;

/** A part of a comment. */
export interface CommentPart {
  readonly text: string;
  /**
   * What stands in its place when the comment would be too long; without it the part is cut at the
   * end.
   */
  readonly shorter?: string;
}

/**
 * The parts with a blank line between them, within the size: the longest that have a shorter form
 * give way first, then the end is cut.
 */
export function fitComment(parts: readonly CommentPart[], limit = COMMENT_CHARACTERS): string {
  const texts = parts.map(({ text }) => text);
  const whole = (): string => `${texts.join('\n\n')}\n`;
  const shortenable = parts.flatMap(({ text, shorter }, index) =>
    shorter === undefined ? [] : [{ index, saves: text.length - shorter.length, shorter }],
  );
  for (const { index, shorter } of shortenable.sort((a, b) => b.saves - a.saves)) {
    if (whole().length <= limit) break;
    texts[index] = shorter;
  }
  const text = whole();
  if (text.length <= limit) return text;
  const note = '\n\nThe rest is too long for a comment.\n';
  const longestEnd =
    '\n'.length + Math.max(0, ...[...text.matchAll(/^`{3,}/gm)].map(([run]) => run.length));
  // At a line's end: half a row of a table is not one.
  const kept = text.slice(0, text.lastIndexOf('\n', limit - note.length - longestEnd));
  const fence = openFence(kept);
  return `${kept}${fence === undefined ? '' : `\n${fence}`}${note}`;
}

/** The backticks of the code block that the text ends in, which would swallow what follows. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const [run] = /^`{3,}/.exec(line) ?? [];
    if (run === undefined) continue;
    if (open === undefined) open = run;
    else if (run === line.trimEnd() && run.length >= open.length) open = undefined;
  }
  return open;
}
