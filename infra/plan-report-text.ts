import type { Term } from './connection-budget.ts';
import type { PlannedChange } from './plan-changes.ts';
import { type PlanReport, showDuration } from './plan-report.ts';

const LABEL_WIDTH = 58;
const NUMBER_WIDTH = 7;

/** The report for a terminal of 80 columns. */
export function renderReportText(report: PlanReport): string {
  const sections = [
    [`Plan of ${report.environment} on ${report.target}`],
    ...(report.changes === undefined ? [] : [['What applying it does', ...changeLines(report.changes)]]),
    connectionLines(report),
    ['Waiting, from the inside out: each gives up before the next', ...durations(report.waits)],
    ['Beside that', ...durations([report.idleInTransaction, report.keepAlive])],
    ['Stopping: how long each process may take', ...report.graces.flatMap(({ name, ms, madeOf }) => [row(`  ${name}`, showDuration(ms)), `      ${madeOf}`])],
    ...Object.entries(report.files).map(([name, text]) => [`--- ${name} ---`, text.trimEnd()]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The lines that say what changes for whom; shared by every command that is about to apply a plan. */
export function changeLines(changes: NonNullable<PlanReport['changes']>): string[] {
  if (changes === 'first deployment') return ['  everything is created: this is the first deployment'];
  if (changes.length === 0) return ['  no generated file changes'];
  return changes.map((change) => `  ${change.file}: ${change.key} ${change.before ?? '(default)'} -> ${change.after ?? '(default)'}: ${showEffect(change)}`);
}

/** `reload`, or `restart, 8 clients`. */
export function showEffect({ effect, clients }: Pick<PlannedChange, 'effect' | 'clients'>): string {
  return effect === 'reload' ? 'reload' : `restart, ${clients} clients`;
}

function connectionLines({ hops, bouncers }: PlanReport): string[] {
  const title = bouncers > 1 ? `Connections at the worst moment (${bouncers} bouncers)` : 'Connections at the worst moment';
  return [
    row(title, 'use', 'limit'),
    ...hops.flatMap((hop) => [
      row(`  ${hop.path}`, String(hop.used), String(hop.limit)) + `  ${hop.percent} %`,
      ...hop.uses.map((term) => row(`      ${term.label}`, String(term.count))),
      ...hop.limits.map((term) => limitRow(term)),
    ]),
  ];
}

const limitRow = ({ label, count }: Term): string => row(`      ${label}`, '', String(count));

const durations = (timeouts: readonly { readonly name: string; readonly ms: number }[]): string[] =>
  timeouts.map(({ name, ms }) => row(`  ${name}`, showDuration(ms)));

function row(label: string, ...numbers: string[]): string {
  return (label.padEnd(LABEL_WIDTH) + numbers.map((number) => number.padStart(NUMBER_WIDTH)).join('')).trimEnd();
}
