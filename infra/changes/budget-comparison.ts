import type { ConnectionBudget } from '../plan/connection-budget.ts';
import type { Hop, Term } from '../plan/hop.ts';

/** A planned term; `before` is the deployed one, absent where there is none to compare with. */
export interface ReportedTerm extends Term {
  readonly before?: Term;
}

/** A planned hop beside the deployed one. */
export interface ReportedHop extends Omit<Hop, 'uses' | 'limits'> {
  readonly percent: number;
  readonly uses: readonly ReportedTerm[];
  readonly limits: readonly ReportedTerm[];
  /** Against what is deployed; absent when nothing was compared. */
  readonly state?: 'same' | 'changed' | 'appears';
  readonly before?: Pick<Hop, 'used' | 'limit'>;
}

/** The planned hops, each beside the deployed one of its name. */
export function compareHops(
  after: ConnectionBudget,
  before: Pick<ConnectionBudget, 'hops'> | 'not compared',
): readonly ReportedHop[] {
  return after.hops.map((hop) => {
    const planned = { ...hop, percent: Math.round((hop.used / hop.limit) * 100) };
    if (before === 'not compared') return planned;
    const deployed = before.hops.find(({ name }) => name === hop.name);
    if (deployed === undefined) return { ...planned, state: 'appears' };
    const uses = compareTerms(hop.uses, deployed.uses);
    const limits = compareTerms(hop.limits, deployed.limits);
    const isSame =
      uses.length === deployed.uses.length &&
      limits.length === deployed.limits.length &&
      ![...uses, ...limits].some(isChanged);
    return {
      ...planned,
      uses,
      limits,
      state: isSame ? 'same' : 'changed',
      before: { used: deployed.used, limit: deployed.limit },
    };
  });
}

/** Deployed hops that the plan no longer has: all clients go another way then. */
export const findVanishingHops = (
  after: ConnectionBudget,
  before: Pick<ConnectionBudget, 'hops'>,
): readonly Hop[] => before.hops.filter(({ name }) => !after.hops.some((hop) => hop.name === name));

/**
 * Also when only what it is made of changes: 8 x (5 pool + 3 reserve) is another plan than 8 x (6
 * pool + 2 reserve).
 */
export const isChanged = ({ label, count, before }: ReportedTerm): boolean =>
  before?.label !== label || before.count !== count;

/**
 * Labels hold settings, so the terms of a hop are told by their place; where a version has added
 * one, by their label.
 */
function compareTerms(after: readonly Term[], before: readonly Term[]): readonly ReportedTerm[] {
  return after.map((term, index) => {
    const deployed =
      after.length === before.length
        ? before[index]
        : before.find(({ label }) => label === term.label);
    return { ...term, ...(deployed === undefined ? {} : { before: deployed }) };
  });
}
