/** One thing that is wrong with the settings, told so that it can be put right without reading the code. */
export interface Fault {
  /** The setting as the user writes it: `app.poolMax`. */
  readonly key: string;
  /** What was found, as text. */
  readonly got: string;
  /** What would have been accepted. */
  readonly allowed: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Thrown when settings cannot become an environment; carries every fault that was found, not just the first. */
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

function renderFault({ key, got, allowed, remedy }: Fault): string {
  return `${key}: got ${got}; allowed: ${allowed}. ${remedy}`;
}

/** A value as it stands in the YAML file, so that `"25"` and `25` look different in a message. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
