import type { Row } from './monitored-client.ts';

/**
 * Reads a column's number: counts come as text, since they may exceed JavaScript's integers. 0
 * where the server lacks the column.
 */
export function numberOf(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}

export function sumOf(rows: readonly Row[], ...columns: readonly string[]): number {
  return rows.reduce(
    (sum, row) => columns.reduce((rowSum, column) => rowSum + numberOf(row, column), sum),
    0,
  );
}
