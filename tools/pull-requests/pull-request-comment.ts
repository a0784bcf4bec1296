import type { CommentHost } from './comment-host.ts';

interface ReportedStack {
  readonly stack: string;
  /** Markdown; empty when there is no report. */
  readonly report: string;
}

type Kept =
  | 'created'
  | 'updated'
  | 'left as it is: the pull request has a newer commit'
  | 'left as it is: this run has written it before';

/** Writes the one comment of this stack, or brings it up to date. */
export async function keepComment(host: CommentHost, reported: ReportedStack): Promise<Kept> {
  if ((await host.readNewestCommit()) !== host.commit)
    return 'left as it is: the pull request has a newer commit';
  const marker = markerOf(reported.stack);
  const body = renderComment(host, reported);
  const before = (await host.readOwn()).find((comment) => comment.body.startsWith(marker));
  // Of several stacks, those that failed are tried again alone: the others have no second report.
  if (
    isEmpty(reported.report) &&
    before?.body.includes(renderFoot(host, reported.stack).trim()) === true
  )
    return 'left as it is: this run has written it before';
  if (before === undefined) {
    await host.create(body);
    return 'created';
  }
  await host.update(before.id, body);
  return 'updated';
}

/** The whole comment; a report that is too long is cut at a line, with what is open closed. */
export function renderComment(
  { maxLength, commit, runUrl }: Pick<CommentHost, 'maxLength' | 'commit' | 'runUrl'>,
  { stack, report }: ReportedStack,
): string {
  const head = `${markerOf(stack)}\n`;
  const foot = renderFoot({ commit, runUrl }, stack);
  const text = isEmpty(report)
    ? `## No preview of \`${stack}\`\n\n` +
      `It ended before there was a report. The log of [the run](${runUrl}) has the reason.\n`
    : report;
  return `${head}${cut(text, maxLength - head.length - foot.length)}${foot}`;
}

const isEmpty = (report: string): boolean => report.trim() === '';

const renderFoot = (
  { commit, runUrl }: Pick<CommentHost, 'commit' | 'runUrl'>,
  stack: string,
): string => `\n<sub>\`${stack}\` at ${commit.slice(0, 12)}, [the run](${runUrl})</sub>\n`;

/** Invisible, and the first line: by it the comment is found again. */
const markerOf = (stack: string): string => `<!-- spywatcher: ${stack} -->`;

const REST =
  '\n**Cut: this is longer than a comment may be. The summary of the run has all of it.**\n';

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let kept = '';
  let open = NOTHING;
  for (const line of text.split('\n')) {
    const next = readLine(open, line);
    if (kept.length + line.length + 1 + renderEnds(next).length + REST.length > maxLength) break;
    kept += `${line}\n`;
    open = next;
  }
  return `${kept}${renderEnds(open)}${REST}`;
}

/** What would swallow the text that follows. */
interface Open {
  /** The backticks that a fence began with. */
  readonly fence: string | undefined;
  readonly folds: number;
}

const NOTHING: Open = { fence: undefined, folds: 0 };

function readLine({ fence, folds }: Open, line: string): Open {
  const [run] = /^`{3,}/.exec(line) ?? [];
  if (fence !== undefined)
    return {
      fence:
        run !== undefined && run === line.trimEnd() && run.length >= fence.length
          ? undefined
          : fence,
      folds,
    };
  if (run !== undefined) return { fence: run, folds };
  return { fence, folds: folds + count(line, '<details>') - count(line, '</details>') };
}

const renderEnds = ({ fence, folds }: Open): string =>
  `${fence === undefined ? '' : `${fence}\n`}${'\n</details>\n'.repeat(folds)}`;

const count = (line: string, part: string): number => line.split(part).length - 1;
