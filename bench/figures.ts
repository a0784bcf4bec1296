import type { PairedRatio } from './paired-ratio.ts';

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly value: PairedRatio | number;
  /** What it should be; absent where it is for information. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
}

/** `within noise`: the bounds enclose the target, so this run decides nothing. */
export type Finding = 'met' | 'missed' | 'within noise' | '';

export function judge({ value, target }: Figure): Finding {
  if (target === undefined) return '';
  const [low, high] = typeof value === 'number' ? [value, value] : [value.low, value.high];
  const [isMet, isMissed] =
    'atLeast' in target
      ? [low >= target.atLeast, high < target.atLeast]
      : [high <= target.atMost, low > target.atMost];
  if (isMet) return 'met';
  return isMissed ? 'missed' : 'within noise';
}

/** The figures as a Markdown table. */
export function renderFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, value, target } = figure;
    const [median, bounds, pairs] =
      typeof value === 'number'
        ? [value, '', '']
        : [value.median, `${show(value.low)} to ${show(value.high)}`, `${value.pairs}`];
    return [what, show(median), bounds, pairs, describeTarget(target), judge(figure)];
  });
  const table = [
    ['figure', 'median', '95 % sure', 'pairs', 'wanted', 'finding'],
    ['---', '---', '---', '---', '---', '---'],
    ...rows,
  ];
  return table.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function describeTarget(target: Figure['target']): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`;
}

const show = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.01 ? value.toPrecision(2) : value.toFixed(3);
