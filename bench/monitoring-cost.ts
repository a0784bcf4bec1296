import type { Figure } from './figures.ts';
import type { Bench } from './bench.ts';
import { compareSides, type Round } from './interleaved-rounds.ts';
import { createWatchers } from './watchers.ts';

/** Without monitoring, and without what it would need. */
export const MONITORING_OFF = {
  MONITORING: 'off',
  MONITORING_PLAN_FILE: undefined,
  ADMIN_TOKENS_FILE: undefined,
  MONITOR_DATABASE_URL_FILE: undefined,
  POOLER_CONSOLE_URL_FILE: undefined,
} as const;

/**
 * Noise on a busy machine is several percent of one round, so it takes many to tell 0.98 from 1.
 */
const EFFORT = { minPairs: 16, maxPairs: 32, width: 0.015 };

const throughput = ({ perSecond }: Round): number => perSecond;
const appCpu = ({ grown, requests }: Round): number => grown.appCpuMs / requests;

/** What the monitoring costs the requests while it is watched. */
export async function benchMonitoring({ live, report, signal }: Bench): Promise<readonly Figure[]> {
  const sides = [
    { name: 'monitoring on', start: () => live.startApp(), beside: createWatchers() },
    { name: 'monitoring off', start: () => live.startApp({ variables: MONITORING_OFF }) },
  ] as const;
  const comparison = await compareSides({ live, sides, effort: EFFORT, report, signal });
  return [
    {
      what: 'requests a second, monitoring on / off',
      value: comparison.ratio(throughput),
      target: { atLeast: 0.98 },
    },
    { what: "the app's CPU per request, monitoring on / off", value: comparison.ratio(appCpu) },
    { what: 'requests a second, monitoring off', value: comparison.mean(1, throughput) },
  ];
}
