import type { PairedRatio } from './paired-ratio.ts';
import { renderTable } from './table.ts';
import type { Target } from './target.ts';

/** One cell of one table. */
export interface Figure {
  readonly table: string;
  readonly row: string;
  readonly column: string;
  readonly value: PairedRatio | number;
  /** What it should be; absent where it is for information. */
  readonly target?: Target;
  /** Whether others kept the machine busy in most rounds: then it says more about them. */
  readonly isDisturbed?: boolean;
  /** Whether only the file of a run has it. */
  readonly isDetail?: boolean;
}

/** `within noise`: the bounds enclose the target, so this run decides nothing. */
export type Finding = 'met' | 'missed' | 'within noise' | '';

export function judge({ value, target }: Pick<Figure, 'value' | 'target'>): Finding {
  if (target === undefined) return '';
  const [low, high] = typeof value === 'number' ? [value, value] : [value.low, value.high];
  const [isMet, isMissed] =
    'atLeast' in target
      ? [low >= target.atLeast, high < target.atLeast]
      : [high <= target.atMost, low > target.atMost];
  if (isMet) return 'met';
  return isMissed ? 'missed' : 'within noise';
}

/** Each table of figures as Markdown, under its name; without details. */
export function renderFigures(all: readonly Figure[]): string {
  const figures = all.filter(({ isDetail }) => isDetail !== true);
  const tables = [...new Set(figures.map(({ table }) => table))];
  return tables
    .map((table) => {
      const ours = figures.filter((figure) => figure.table === table);
      return `**${table}**\n\n${renderOne(ours)}`;
    })
    .join('\n');
}

function renderOne(figures: readonly Figure[]): string {
  const columns = [...new Set(figures.map(({ column }) => column))];
  const rows = [...new Set(figures.map(({ row }) => row))];
  return renderTable(
    ['', ...columns],
    rows.map((row) => [
      row,
      ...columns.map((column) => {
        const figure = figures.find((each) => each.row === row && each.column === column);
        return figure === undefined ? '' : renderCell(figure);
      }),
    ]),
  );
}

/** The value, its bounds, and the target with what became of it. */
function renderCell(figure: Figure): string {
  const { value, target } = figure;
  const text = `${renderValue(value)}${figure.isDisturbed === true ? '; others were busy' : ''}`;
  if (target === undefined) return text;
  const wanted = 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`;
  return `${text}; ${wanted}: ${judge(figure)}`;
}

export function renderValue(value: Figure['value']): string {
  if (typeof value === 'number')
    return value !== 0 && Math.abs(value) < 0.01 ? value.toPrecision(2) : show(value);
  const { median, low, high } = value;
  const text = [median, low, high].every(Number.isInteger) ? String : show;
  return `${text(median)} (${text(low)} to ${text(high)})`;
}

function show(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}
