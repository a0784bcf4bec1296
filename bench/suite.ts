import { openDockerScope } from '../e2e/docker.ts';
import { runSteps, type Step } from '../toolchain/progress.ts';
import type { Bench, Measured } from './bench.ts';
import { FULL, QUICK, benchRoutes } from './parts/routes/routes.ts';
import { benchCommands } from './parts/commands/commands.ts';
import { benchFootprint } from './parts/footprint.ts';
import { benchRedisInFlight } from './parts/redis-in-flight.ts';
import { benchMonitoring } from './parts/monitoring-cost.ts';
import { benchOverload } from './parts/overload.ts';
import { benchRecovery } from './parts/recovery.ts';
import { benchPooledPath } from './parts/pooled-path/pooled-path.ts';
import { benchStatementNames } from './parts/statement-names.ts';
import { openBenchServers, type BenchServers } from './servers/bench-servers.ts';
import { keepBenchImages } from './servers/bench-images.ts';
import { waitForQuiet } from './rounds/quiet-machine.ts';

type Part = (bench: Bench) => Promise<Measured>;

/** In the order in which they run. */
const PARTS = {
  routes: (bench) => benchRoutes(bench, FULL),
  'pooled-path': benchPooledPath,
  overload: benchOverload,
  redis: benchRedisInFlight,
  footprint: benchFootprint,
  monitoring: benchMonitoring,
  'statement-names': benchStatementNames,
  // Last but one: it restarts the servers.
  recovery: benchRecovery,
  commands: benchCommands,
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS) as PartName[];

const QUICK_PARTS = {
  routes: (bench) => benchRoutes(bench, QUICK),
} as const satisfies Readonly<Record<string, Part>>;

export interface SuiteResult extends Measured {
  /** Share of all cores that others kept busy when measuring began. */
  readonly busyBefore: number;
  readonly settings: unknown;
  /** Why a part, and with it all that were to follow, gave nothing. */
  readonly failure?: Error | undefined;
}

/**
 * Brings up servers of its own, runs the parts on them one after the other, shows how far it is,
 * and removes them.
 * @returns what was measured, also when a later part failed.
 * @param signal ends it early; what was brought up is removed all the same.
 */
export async function runBenchSuite(
  wanted: readonly PartName[] | 'quick',
  signal: AbortSignal,
): Promise<SuiteResult> {
  const parts: readonly (readonly [string, Part])[] =
    wanted === 'quick' ? Object.entries(QUICK_PARTS) : wanted.map((name) => [name, PARTS[name]]);
  const scope = openDockerScope('bench');
  const images = keepBenchImages();
  const figures: Measured['figures'][number][] = [];
  let busyBefore = NaN;
  let servers: BenchServers | undefined;
  const found = (): BenchServers => {
    if (servers === undefined) throw new Error('a step ran before the one that starts servers');
    return servers;
  };
  const steps: Step[] = [
    {
      name: 'images',
      run: async (report) => {
        await images.build(report);
        return 'done';
      },
    },
    {
      name: 'servers',
      run: async () => {
        servers = await openBenchServers(scope);
        return 'done';
      },
    },
    {
      name: 'quiet machine',
      run: async (report, failed) => {
        busyBefore = await waitForQuiet(report, AbortSignal.any([signal, failed]));
        return 'done';
      },
    },
    ...parts.map(([name, run]): Step => ({
      name,
      run: async (report, failed) => {
        const all = AbortSignal.any([signal, failed]);
        const measured = await run({ servers: found(), report, signal: all });
        figures.push(...measured.figures);
        return 'done';
      },
    })),
  ];
  let failure: Error | undefined;
  try {
    await runSteps(inARow(steps));
  } catch (error) {
    if (figures.length === 0) throw error;
    failure = error as Error;
  } finally {
    await scope.close();
    await images.removeOlder();
  }
  return { figures, busyBefore, settings: found().live.plan.settings, failure };
}

const inARow = (steps: readonly Step[]): readonly Step[] =>
  steps.map((step, index) => {
    const before = steps[index - 1];
    return before === undefined ? step : { ...step, after: [before.name] };
  });
