import { type PlanReport, showDuration } from './plan-report.ts';
import { showEffect } from './plan-report-text.ts';

/** The report as a comment on a pull request: the sums in the open, the long files folded. */
export function renderReportMarkdown(report: PlanReport): string {
  const blocks = [
    `## Plan of \`${report.environment}\` on ${report.target}`,
    ...(report.changes === undefined ? [] : [renderChanges(report.changes)]),
    table(
      ['connections', 'use', 'limit', '%'],
      report.hops.map((hop) => [
        `${hop.path}<br><sub>${hop.uses.map(({ label, count }) => `${label}: ${count}`).join('; ')}</sub>`,
        String(hop.used),
        `${hop.limit}<br><sub>${hop.limits.map(({ label, count }) => `${label} ${count}`).join(', ')}</sub>`,
        String(hop.percent),
      ]),
    ),
    table(['waiting, from the inside out', ''], report.waits.map(({ name, ms }) => [name, showDuration(ms)])),
    table(['stopping', 'at most', 'made of'], report.graces.map(({ name, ms, madeOf }) => [name, showDuration(ms), madeOf])),
    ...Object.entries(report.files).map(([name, text]) => fold(name, text)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function renderChanges(changes: NonNullable<PlanReport['changes']>): string {
  if (changes === 'first deployment') return 'First deployment: everything is created.';
  if (changes.length === 0) return 'No generated file changes.';
  return table(
    ['file', 'key', 'before', 'after', 'effect'],
    changes.map((change) => [change.file, code(change.key), code(change.before), code(change.after), `**${showEffect(change)}**`]),
  );
}

const code = (text: string | undefined): string => (text === undefined ? '(default)' : `\`${cell(text)}\``);

const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A fence longer than any run of backticks in the text. */
function fold(name: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `<details><summary>${name}</summary>\n\n${fence}ini\n${text.trimEnd()}\n${fence}\n\n</details>`;
}
