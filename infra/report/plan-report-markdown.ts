import { isChanged, type ReportedHop, type ReportedTerm } from '../changes/budget-comparison.ts';
import { diffLines } from './change-diff.ts';
import { codeBlock } from './code-text.ts';
import { type CommentPart, fitComment } from './comment-size.ts';
import type { Hop, Term } from '../plan/hop.ts';
import { type Interruption, isDowntime } from '../changes/interruptions.ts';
import type { PlanReport } from './plan-report.ts';
import { showAway } from './plan-report-text.ts';
import { isTimeoutChanged, type ReportedTimeout, showDuration } from './reported-timeouts.ts';
import type { ResourceSummary } from '../changes/resource-changes.ts';

/** Characters of Pulumi's errors that are shown when all of them are too long. */
const FAILURE_CHARACTERS = 10_000;

/**
 * The report as a comment on a pull request: what changes in the open, what is long folded, within
 * the size of a comment.
 */
export function renderReportMarkdown(report: PlanReport): string {
  const { environment, changes, resources, interruptions, failures } = report;
  const command = `npm run plan -- ${environment}`;
  const parts: readonly (CommentPart | string)[] = [
    `## Plan of \`${environment}\` on ${report.target}`,
    ...(failures === undefined ? [] : [renderFailures(failures.join('\n'))]),
    ...(report.app.length === 0
      ? []
      : [`**The app**\n\n${codeBlock('text', report.app.join('\n'))}`]),
    ...(interruptions === undefined ? [] : [renderDowntime(interruptions)]),
    ...(resources === undefined ? [] : renderResources(resources)),
    ...(changes === undefined
      ? []
      : [
          {
            text: renderChanges(changes),
            shorter:
              'The changes in the generated files are too long for a comment: `npm run ' +
              `preview -- ${environment}\` shows them.`,
          },
        ]),
    renderConnections(report),
    ...renderTimeouts(report),
    ...Object.entries(report.files).map(([name, text]) => ({
      text: fold(name, codeBlock('ini', text)),
      shorter: `${name} is too long for a comment: \`${command}\` prints it.`,
    })),
  ];
  return fitComment(parts.map((part) => (typeof part === 'string' ? { text: part } : part)));
}

function renderFailures(text: string): CommentPart {
  const failed = (words: string): string =>
    "**Pulumi's preview failed**, so it is not known what would be " +
    `replaced:\n\n${codeBlock('text', words)}`;
  return {
    text: failed(text),
    shorter:
      `${failed(text.slice(0, FAILURE_CHARACTERS))}\n\nThat is the beginning; the log of ` +
      'the run has the rest.',
  };
}

function renderDowntime(interruptions: readonly Interruption[]): string {
  return [
    `**Downtime: ${isDowntime(interruptions) ? 'yes' : 'none'}**`,
    ...(interruptions.length === 0 ? [] : ['']),
    ...interruptions.map(
      (interruption) =>
        `- **${interruption.service}** ${showAway(interruption)}. ${interruption.callers}`,
    ),
  ].join('\n');
}

function renderResources({
  create,
  update,
  replace,
  delete: deleted,
  same,
  ...names
}: ResourceSummary): readonly CommentPart[] {
  const counts = [
    [create, 'created'],
    [update, 'updated'],
    [replace, 'replaced'],
    [deleted, 'deleted'],
    [same, 'unchanged'],
  ] as const;
  const counted = counts
    .filter(([count]) => count > 0)
    .map(([count, done]) => `${count} ${done}`)
    .join(', ');
  const list = (done: string, listed: readonly string[]): readonly string[] =>
    listed.length === 0 ? [] : [`${done}: ${listed.map((name) => `\`${name}\``).join(', ')}`];
  const touched = [
    ...list('Created', names.created),
    ...list('Updated', names.updated),
    ...list('Replaced', names.replaced),
    ...list('Deleted', names.deleted),
  ];
  const heading = `Resources: ${counted}`;
  const lost = names.lostData.map((name) => ({
    text: `**\`${name}\` is deleted, and the data in it is lost.**`,
  }));
  const kept = names.keptData.map((name) => ({
    text: `\`${name}\` keeps its data: the stack only stops managing it.`,
  }));
  const unprotected = names.unprotected.map((name) => ({
    text: `**\`${name}\` is no longer protected: from now on \`npm run down\` deletes it.**`,
  }));
  return [
    ...lost,
    ...unprotected,
    ...kept,
    touched.length === 0
      ? { text: heading }
      : { text: fold(heading, touched.join('\n\n')), shorter: heading },
  ];
}

function renderChanges(changes: NonNullable<PlanReport['changes']>): string {
  if (changes === 'first deployment') return 'First deployment: every generated file is new.';
  if (changes === 'not comparable')
    return (
      'It was deployed by another version of this project: what changes in the generated ' +
      'files is not known.'
    );
  if (changes.length === 0) return 'No generated file, address or password changes.';
  return codeBlock('diff', diffLines(changes).join('\n'));
}

/** Folded when nothing of it changes: a reviewer has nothing to see there. */
function renderConnections({ hops, vanishingHops }: PlanReport): string {
  const text = table(
    ['connections at the worst moment', 'use', 'limit', '%'],
    [...hops.map(hopRow), ...vanishingHops.map(vanishingRow)],
  );
  if (vanishingHops.length > 0 || hops.some(({ state }) => state !== 'same')) return text;
  const uses = hops.map(({ path, used, limit }) => `${path} ${used} of ${limit}`);
  return fold(`Connections as before: ${uses.join(', ')}`, text);
}

/** Folded in the same way. */
function renderTimeouts({
  waits,
  idleInTransaction,
  keepAlive,
  graces,
}: PlanReport): readonly string[] {
  const waiting = [...waits, idleInTransaction, keepAlive];
  const tables = [
    table(
      ['waiting, from the inside out', ''],
      waiting.map((timeout) => [timeout.name, durationCell(timeout)]),
    ),
    table(
      ['stopping', 'at most', 'made of'],
      graces.map((grace) => [grace.name, durationCell(grace), grace.madeOf]),
    ),
  ];
  const isAsBefore = [...waiting, ...graces].every(
    (timeout) => timeout.beforeMs !== undefined && !isTimeoutChanged(timeout),
  );
  return isAsBefore ? [fold('Timeouts as before', tables.join('\n\n'))] : tables;
}

function hopRow({
  path,
  uses,
  used,
  limits,
  limit,
  percent,
  state,
  before,
}: ReportedHop): string[] {
  const term = (reported: ReportedTerm): string =>
    state === 'changed' && isChanged(reported)
      ? `**${showTerm(reported)}**${showBefore(reported)}`
      : showTerm(reported);
  return [
    `${path}${state === 'appears' ? ' **new**' : ''}<br>${small(uses.map(term))}`,
    changed(before?.used, used),
    `${changed(before?.limit, limit)}<br>${small(limits.map(term))}`,
    String(percent),
  ];
}

const vanishingRow = ({ path, used, limit }: Hop): string[] => [
  `~~${path}~~ **gone**`,
  `~~${used}~~`,
  `~~${limit}~~`,
  '',
];

function showBefore({ label, before }: ReportedTerm): string {
  if (before === undefined) return ' (new)';
  return ` (was ${before.label === label ? before.count : showTerm(before)})`;
}

const showTerm = ({ label, count }: Term): string => cell(`${label}: ${count}`);

const small = (terms: readonly string[]): string => `<sub>${terms.join('; ')}</sub>`;

/** `36 → **41**`: a narrow column would break the ASCII arrow in two. */
const changed = (before: number | undefined, after: number): string =>
  before === undefined || before === after ? String(after) : `${before} → **${after}**`;

const durationCell = (timeout: ReportedTimeout): string =>
  isTimeoutChanged(timeout) && timeout.beforeMs !== undefined
    ? `${showDuration(timeout.beforeMs)} → **${showDuration(timeout.ms)}**`
    : showDuration(timeout.ms);

const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const fold = (summary: string, text: string): string =>
  `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
