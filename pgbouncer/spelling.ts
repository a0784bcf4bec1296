/**
 * The known word within two edits of the given one (case, and "-" for "_", cost nothing), or
 * undefined.
 */
export function nearestSpelling(word: string, known: readonly string[]): string | undefined {
  const wanted = word.slice(0, 100).toLowerCase().replaceAll('-', '_');
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: countEdits(wanted, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= 2)
    .sort((a, b) => a.edits - b.edits);
  return nearest?.candidate;
}

/** Levenshtein's distance: insertions, deletions and replacements of one letter. */
function countEdits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const [replaced, inserted, deleted] = [
        previous[column],
        current[column],
        previous[column + 1],
      ];
      current.push(
        Math.min(
          (replaced ?? Infinity) + (letter === other ? 0 : 1),
          (inserted ?? Infinity) + 1,
          (deleted ?? Infinity) + 1,
        ),
      );
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
