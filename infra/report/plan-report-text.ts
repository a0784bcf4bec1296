import { isChanged, type ReportedHop, type ReportedTerm } from '../changes/budget-comparison.ts';
import { diffLines } from './change-diff.ts';
import type { Hop } from '../plan/hop.ts';
import { type Interruption, isDowntime } from '../changes/interruptions.ts';
import type { PlanReport } from './plan-report.ts';
import { type Columns, tableRow, TEXT_WIDTH, TIE, wrap } from './layout.ts';
import { isTimeoutChanged, type ReportedTimeout, showDuration } from './reported-timeouts.ts';
import type { ResourceSummary } from '../changes/resource-changes.ts';

const BUDGET: Columns = { label: 60, cells: [7, 7, 6] };
const COMPARED_BUDGET: Columns = { label: 47, cells: [13, 7, 7, 6] };
const TIMEOUTS: Columns = { label: 58, cells: [9] };
const COMPARED_TIMEOUTS: Columns = { label: 58, cells: [9, 9] };

/**
 * The report for a terminal of 80 columns. In the first column `*` marks what changes, `+` what
 * comes, `-` what goes, `!` what is interrupted.
 */
export function renderReportText(report: PlanReport): string {
  const { changes, resources, interruptions, failures } = report;
  const isCompared = Array.isArray(changes);
  const duration = (timeout: ReportedTimeout): readonly string[] =>
    durationRow(timeout, isCompared);
  const sections: readonly (readonly string[])[] = [
    [`Plan of ${report.environment} on ${report.target}`],
    ...(report.app.length === 0
      ? []
      : [['The app', ...report.app.flatMap((line) => paragraph(line, '  '))]]),
    ...(failures === undefined
      ? []
      : [
          [
            "Pulumi's preview failed, so it is not known what would be replaced",
            ...failures
              .flatMap((failure) => failure.split('\n'))
              .flatMap((line) => paragraph(line, '! ')),
          ],
        ]),
    ...(resources === undefined ? [] : [['Resources', ...resourceLines(resources)]]),
    ...(interruptions === undefined ? [] : [['Downtime', ...interruptionLines(interruptions)]]),
    ...(changes === undefined ? [] : [[CHANGES_TITLE, ...changeLines(changes)]]),
    connectionLines(report, isCompared),
    [
      ...tableRow(COMPARED_TIMEOUTS, {
        label: 'Waiting: each gives up before the one around it',
        cells: isCompared ? ['before', 'after'] : [],
        mark: '',
      }),
      ...report.waits.flatMap(duration),
    ],
    ['Other timeouts', ...[report.idleInTransaction, report.keepAlive].flatMap(duration)],
    [
      'Stopping: how long each process may take',
      ...report.graces.flatMap((grace) => [
        ...duration(grace),
        ...paragraph(grace.madeOf, '      '),
      ]),
    ],
    ...(changes === undefined
      ? Object.entries(report.files).map(([name, text]) => [`--- ${name} ---`, text.trimEnd()])
      : [[`The generated files as a whole: npm run plan -- ${report.environment}`]]),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Containers that change in another way are among the resources. */
export const CHANGES_TITLE = 'Generated files, PgBouncer, addresses and credentials';

/**
 * The changed lines of the generated files with what each does; shared by every command that is
 * about to apply a plan.
 */
export function changeLines(changes: NonNullable<PlanReport['changes']>): readonly string[] {
  if (changes === 'first deployment') return ['  All are new: this is the first deployment.'];
  if (changes === 'not comparable')
    return paragraph(
      'It was deployed by another version of this project: what changes is not known.',
      '  ',
    );
  return changes.length === 0
    ? ['  No change.']
    : diffLines(changes).flatMap((line) =>
        line.length > TEXT_WIDTH ? wrap(line, TEXT_WIDTH, `${line[0] ?? ''}    `) : [line],
      );
}

function resourceLines({
  create,
  update,
  replace,
  delete: deleted,
  same,
  ...names
}: ResourceSummary): readonly string[] {
  const counts = [
    ['+', create, 'created', names.created],
    ['*', update, 'updated', names.updated],
    ['*', replace, 'replaced', names.replaced],
    ['-', deleted, 'deleted', names.deleted],
    [' ', same, 'unchanged', []],
  ] as const;
  return [
    ...counts
      .filter(([, count]) => count > 0)
      .flatMap(([mark, count, done, list]) => {
        const tied = list.map((name) => name.replace(' ', TIE)).join(', ');
        const text = `${mark} ${count} ${done}${tied === '' ? '' : `: ${tied}`}`;
        return wrap(text, TEXT_WIDTH, `${mark}     `);
      }),
    ...names.lostData.flatMap((name) =>
      paragraph(`${name} is deleted, and the data in it is lost.`, '! '),
    ),
    ...names.unprotected.flatMap((name) =>
      paragraph(`${name} is no longer protected: from now on npm run down deletes it.`, '! '),
    ),
    ...names.keptData.flatMap((name) =>
      paragraph(`${name} keeps its data: the stack only stops managing it.`, '  '),
    ),
  ];
}

function interruptionLines(interruptions: readonly Interruption[]): readonly string[] {
  return [
    ...(isDowntime(interruptions) ? [] : ['  none']),
    ...interruptions.flatMap((interruption) => [
      ...wrap(
        `${isEased(interruption) ? '*' : '!'} ${interruption.service}: ` +
          `${showAway(interruption)}`,
        TEXT_WIDTH,
        '    ',
      ),
      ...paragraph(interruption.callers, '      '),
    ]),
  ];
}

/** `about 2 s, at most 157 s; cuts about 8 client connections` */
export function showAway({ away, cut, connections }: Interruption): string {
  if (away === 'rolls') return 'rolls, pod by pod';
  const noun = cut === 1 ? connections.replace('connections', 'connection') : connections;
  const cuts = cut === 0 ? '' : `; cuts about ${cut} ${noun}`;
  if (away === 'in turn') return `replaced process by process${cuts}`;
  return away === 'for good'
    ? `stops for good${cuts}`
    : `away for about ${away.typicalSeconds} s, at most ${away.atMostSeconds} s${cuts}`;
}

const isEased = ({ away }: Interruption): boolean => away === 'rolls' || away === 'in turn';

function connectionLines(
  { hops, vanishingHops, bouncers, bouncersMemoryMiB }: PlanReport,
  isCompared: boolean,
): readonly string[] {
  const columns = isCompared ? COMPARED_BUDGET : BUDGET;
  const row = (
    label: string,
    [before, ...planned]: readonly [string, ...string[]],
    mark: string,
  ): readonly string[] =>
    tableRow(columns, { label, cells: isCompared ? [before, ...planned] : planned, mark });
  const title =
    bouncers > 1
      ? `Connections at the worst moment (${bouncers} bouncers)`
      : 'Connections at the worst moment';
  return [
    ...row(title, ['before', 'use', 'limit'], ''),
    ...hops.flatMap((hop) => {
      const term = (reported: ReportedTerm, cells: readonly string[]): readonly string[] =>
        row(
          `   ${reported.label}`,
          [reported.before === undefined ? '' : String(reported.before.count), ...cells],
          hop.state === 'changed' && isChanged(reported) ? '*' : hopMark(hop),
        );
      return [
        ...row(
          ` ${hop.path}`,
          [beforeOf(hop), String(hop.used), String(hop.limit), `${hop.percent} %`],
          hop.state === 'changed' ? '*' : hopMark(hop),
        ),
        ...hop.uses.flatMap((use) => term(use, [String(use.count)])),
        ...hop.limits.flatMap((limit) => term(limit, ['', String(limit.count)])),
      ];
    }),
    ...vanishingHops.flatMap((hop) => row(` ${hop.path}`, [ofLimit(hop), 'gone'], '-')),
    ...(bouncers > 1
      ? [`  memory of the ${bouncers} bouncers: at most ${bouncersMemoryMiB} MiB`]
      : []),
  ];
}

const hopMark = ({ state }: ReportedHop): string => (state === 'appears' ? '+' : ' ');

function beforeOf({ state, before }: ReportedHop): string {
  if (state === 'appears') return 'new';
  return before === undefined ? '' : ofLimit(before);
}

const ofLimit = ({ used, limit }: Pick<Hop, 'used' | 'limit'>): string => `${used} of ${limit}`;

function durationRow(timeout: ReportedTimeout, isCompared: boolean): readonly string[] {
  const { name, ms, beforeMs } = timeout;
  const before = beforeMs === undefined ? '' : showDuration(beforeMs);
  return tableRow(isCompared ? COMPARED_TIMEOUTS : TIMEOUTS, {
    label: ` ${name}`,
    cells: isCompared ? [before, showDuration(ms)] : [showDuration(ms)],
    mark: isTimeoutChanged(timeout) ? '*' : ' ',
  });
}

const paragraph = (text: string, indent: string): readonly string[] =>
  wrap(`${indent}${text}`, TEXT_WIDTH, ' '.repeat(indent.length));
