/**
 * One thing that is wrong with a setting, told so that it can be put right without reading the
 * code.
 */
export interface Fault {
  /** The setting as its author writes it: `pooler.poolSize`, `pooler.settings.server_lifetime`. */
  readonly key: string;
  /** What was found, as text. */
  readonly got: string;
  /** What would have been accepted. */
  readonly allowed: string;
  /** What to do about it. */
  readonly remedy: string;
}

export const renderFault = ({ key, got, allowed, remedy }: Fault): string =>
  `${key}: got ${got}; allowed: ${allowed}. ${remedy}`;
