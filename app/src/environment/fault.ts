/** Fault of one input. The fields never hold the value itself: it may be a secret. */
export interface Fault {
  readonly key: string;
  readonly got: string;
  readonly allowed: string;
  readonly remedy: string;
}

/** Error that holds every fault of an input, so that a person mends them in one go. */
export class FaultyInputError extends Error {
  override readonly name = 'FaultyInputError';
  readonly faults: readonly Fault[];

  constructor(what: string, faults: readonly Fault[]) {
    super([`${what}: ${faults.length} fault(s).`, ...faults.map(renderFault)].join('\n'));
    this.faults = faults;
  }
}

function renderFault({ key, got, allowed, remedy }: Fault): string {
  return `  ${key}: got ${got}; allowed: ${allowed}. ${remedy}`;
}
