import type { Finding } from './static-findings.ts';

/** One object of an answer in docs/kubernetes-checks.md, and one of its checks. */
export type Answer = Pick<Finding, 'tool' | 'check' | 'object'>;

/**
 * The page's answers: each of a section's checks for each of its objects. A section begins with
 * `### tool: checks`; a paragraph `Objects: ...` and the reason follow.
 * @throws {Error} naming a section that is not complete.
 */
export function readAnswers(markdown: string): readonly Answer[] {
  const [, ...sections] = markdown.split(/^### /m);
  if (sections.length === 0) throw new Error('There is no section with an answer.');
  return sections.flatMap((section) => {
    const [title = '', objectList = '', reason = ''] = section.split(/\n\n+/);
    const [tool = '', checkList = ''] = title.split(': ');
    const checks = inBackticks(checkList);
    const objects = objectList.startsWith('Objects: ') ? inBackticks(objectList) : [];
    if (tool === '' || checks.length === 0 || objects.length === 0 || reason.trim() === '')
      throw new Error(
        `This section needs a tool, checks and objects in backticks, and a reason: ${title}`,
      );
    return checks.flatMap((check) =>
      objects.map((object) => ({ tool: tool as Finding['tool'], check, object })),
    );
  });
}

const inBackticks = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

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
