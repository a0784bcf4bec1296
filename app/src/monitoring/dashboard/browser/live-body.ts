import type { StateBody } from '../../bodies/body-schemas.ts';

/** Data of a `state` event, sent every two seconds. */
export type LiveBody = StateBody;

/** The plan's thresholds, in percent of a limit. */
export type Thresholds = Pick<StateBody['limits'], 'warnPercent' | 'criticalPercent'>;

/** Degree of use, as the alerts see it. */
export type Level = 'ok' | 'warning' | 'critical';

export function levelOf(
  used: number,
  limit: number,
  { warnPercent, criticalPercent }: Thresholds,
): Level {
  if (used * 100 >= limit * criticalPercent) return 'critical';
  return used * 100 >= limit * warnPercent ? 'warning' : 'ok';
}

/** State of the page at one moment. */
export interface View {
  readonly body: LiveBody;
  /**
   * Present time by the server's clock, since its times are compared with it and this machine's
   * clock may differ.
   */
  readonly nowMs: number;
  /** Nothing newer has arrived: the page shows the state at `body.at`. */
  readonly isStale: boolean;
}
