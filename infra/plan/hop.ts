/** One addend of a sum: what it counts and how many that is. */
export interface Term {
  readonly label: string;
  readonly count: number;
}

/**
 * One step of the chain of connections: what may be opened at the most, against what is offered.
 */
export interface Hop {
  readonly name: 'client connections' | 'server connections' | 'direct connections';
  readonly path: string;
  readonly uses: readonly Term[];
  readonly used: number;
  readonly limits: readonly Term[];
  readonly limit: number;
}

/** A hop with its sums. */
export const addUp = (parts: Pick<Hop, 'name' | 'path' | 'uses' | 'limits'>): Hop => ({
  ...parts,
  used: sum(parts.uses),
  limit: sum(parts.limits),
});

export const sum = (terms: readonly Term[]): number =>
  terms.reduce((total, term) => total + term.count, 0);
