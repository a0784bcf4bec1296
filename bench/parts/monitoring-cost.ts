import type { Bench, Measured } from '../bench.ts';
import { TARGETS } from '../figures/target.ts';
import { ratioOf } from '../rounds/passes.ts';
import { measureTwoWays } from './two-ways.ts';
import { createWatchers } from './watchers.ts';

/** Without monitoring, and without what it would need. */
export const MONITORING_OFF = {
  MONITORING: 'off',
  MONITORING_PLAN_FILE: undefined,
  ADMIN_TOKENS_FILE: undefined,
  MONITOR_DATABASE_URL_FILE: undefined,
  POOLER_CONSOLE_URL_FILE: undefined,
} as const;

const TABLE = 'What the monitoring costs, watched / off';

/** What the monitoring costs the requests while it is watched. */
export async function benchMonitoring(bench: Bench): Promise<Measured> {
  const measured = await measureTwoWays(bench, {
    ways: {
      watched: { beside: createWatchers() },
      off: { changed: { variables: MONITORING_OFF } },
    },
    passes: 20,
  });
  const sides = ['watched', 'off'] as const;
  return {
    figures: [
      {
        table: TABLE,
        row: 'requests a second',
        column: 'ratio',
        value: ratioOf(measured, sides, ({ perSecond }) => perSecond),
        target: TARGETS.monitoring,
      },
      {
        table: TABLE,
        row: "the app's CPU per request",
        column: 'ratio',
        value: ratioOf(measured, sides, ({ cpuUs }) => cpuUs['app'] ?? NaN),
      },
    ],
  };
}
