import { type Fault, renderFault } from '../../pgbouncer/fault.ts';

// Settings and plan word their refusals as pgbouncer/ does, which imports nothing of theirs.
export type { Fault };
export { showValue } from '../../pgbouncer/plain-text.ts';

/** Thrown when settings cannot become an environment. It carries every fault that was found. */
export class PlanRefused extends Error {
  override readonly name = 'PlanRefused';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(renderFaults(faults));
    this.faults = faults;
  }
}

/** All faults as text, one line each. */
export function renderFaults(faults: readonly Fault[]): string {
  const headline =
    faults.length === 1
      ? 'The settings were refused:'
      : `The settings were refused for ${faults.length} reasons:`;
  return [headline, ...faults.map((fault) => `  - ${renderFault(fault)}`)].join('\n');
}
