import type { StateBody } from '../../bodies/body-schemas.ts';

/** What a `state` event brings, every two seconds. */
export type LiveBody = StateBody;

/** The plan's thresholds, in percent of a limit. */
export type Thresholds = Pick<StateBody['limits'], 'warnPercent' | 'criticalPercent'>;

/** How full something is, as the alerts see it. */
export type Level = 'ok' | 'warning' | 'critical';

export function levelOf(
  used: number,
  limit: number,
  { warnPercent, criticalPercent }: Thresholds,
): Level {
  if (used * 100 >= limit * criticalPercent) return 'critical';
  return used * 100 >= limit * warnPercent ? 'warning' : 'ok';
}

/** What the page knows at one moment. */
export interface View {
  readonly body: LiveBody;
  /** Now, by the server's clock: its times are compared with it, whatever the clock of this machine says. */
  readonly nowMs: number;
  /** Nothing newer comes: what is shown was true at `body.at`. */
  readonly isStale: boolean;
}
