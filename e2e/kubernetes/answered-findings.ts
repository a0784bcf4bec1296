import type { Finding } from './static-findings.ts';

/** One object of a row in the table of docs/kubernetes-checks.md, and one of its checks. */
export type Answer = Pick<Finding, 'tool' | 'check' | 'object'>;

const TITLES = '| tool | check | objects | why it is so |';

/**
 * The rows of the table below these titles: each of a row's checks for each of its objects.
 * @throws {Error} naming a row that is not complete.
 */
export function readAnswers(markdown: string): readonly Answer[] {
  const lines = markdown.split('\n');
  const start = lines.indexOf(TITLES);
  if (start === -1) throw new Error(`There is no table with the titles ${TITLES}`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end === -1 ? undefined : end).flatMap((row) => {
    const [tool = '', checkCell = '', objectCell = '', reason = ''] = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [checks, objects] = [inBackticks(checkCell), inBackticks(objectCell)];
    if (tool === '' || checks.length === 0 || objects.length === 0 || reason === '')
      throw new Error(
        `This row needs a tool, checks and objects in backticks, and a reason: ${row}`,
      );
    return checks.flatMap((check) =>
      objects.map((object) => ({ tool: tool as Finding['tool'], check, object })),
    );
  });
}

const inBackticks = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

/** What needs a fix or an answer, and what is answered though nobody asks any more; a line each. */
export function compareWithAnswers(
  findings: readonly Finding[],
  answers: readonly Answer[],
): { readonly unanswered: readonly string[]; readonly stale: readonly string[] } {
  const keyOf = ({ tool, check, object }: Answer): string => `${tool} ${check} ${object}`;
  const answered = new Set(answers.map(keyOf));
  const found = new Set(findings.map(keyOf));
  return {
    unanswered: [
      ...new Set(
        findings
          .filter((finding) => !answered.has(keyOf(finding)))
          .map((finding) => `${keyOf(finding)}: ${finding.text}`),
      ),
    ].sort(),
    stale: [...answered].filter((key) => !found.has(key)).sort(),
  };
}
