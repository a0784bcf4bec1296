import { renderValue, type Figure } from './figure.ts';
import type { PairedRatio } from './paired-ratio.ts';
import { renderTable } from './table.ts';

/** `others were busy`: in this run or in the baseline, so that the two cannot be compared. */
type Change = 'better' | 'worse' | 'within noise' | 'others were busy';

export interface Compared {
  readonly row: string;
  readonly before: PairedRatio;
  readonly now: PairedRatio;
  readonly change: Change;
}

/** The peer that another machine or another day changes as much as our app. */
const FLOOR = 'floor';

/**
 * Compares the ratios to the floor that both runs have; more is better.
 */
export function compareRuns(
  baseline: readonly Figure[],
  run: readonly Figure[],
): readonly Compared[] {
  return run.flatMap(({ table, row, column, value: now, isDisturbed }) => {
    const earlier = baseline.find(
      (figure) => figure.table === table && figure.row === row && figure.column === column,
    );
    const before = earlier?.value;
    if (column !== FLOOR || typeof now === 'number') return [];
    if (before === undefined || typeof before === 'number') return [];
    const isUnsure = isDisturbed === true || earlier?.isDisturbed === true;
    return [{ row, before, now, change: isUnsure ? 'others were busy' : changeOf(before, now) }];
  });
}

/** Bounds that overlap leave it open which of the two is larger. */
function changeOf(before: PairedRatio, now: PairedRatio): Change {
  if (now.high < before.low) return 'worse';
  return now.low > before.high ? 'better' : 'within noise';
}

export const renderComparison = (compared: readonly Compared[]): string =>
  renderTable(
    ['ours / floor', 'baseline', 'now', ''],
    compared.map(({ row, before, now, change }) => [
      row,
      renderValue(before),
      renderValue(now),
      change,
    ]),
  );
