import type { Measure } from './alerts.ts';
import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { toPercent } from '../readings/readings.ts';

const PERCENT_SLACK = 5;
/** Time that a measure may be high without a meaning. */
export const BUSY_MOMENT_MS = 4_000;

/** Measures a use in percent of its limit. */
export function measureUse(
  { warnPercent, criticalPercent }: MonitoringPlan,
  use: Pick<Measure, 'kind' | 'layer'> & {
    readonly used: number;
    readonly limit: number;
    readonly describe: (percent: number) => string;
    readonly remedy: () => string;
  },
): Measure {
  const { kind, layer, used, limit } = use;
  const percent = toPercent(used, limit);
  return {
    kind,
    layer,
    value: percent,
    warnFrom: warnPercent,
    criticalFrom: criticalPercent,
    slack: PERCENT_SLACK,
    lastingMs: BUSY_MOMENT_MS,
    message: use.describe(Math.round(percent)),
    remedy: use.remedy(),
  };
}
