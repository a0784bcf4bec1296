import { describeApp } from './app-lines.ts';
import { compareHops, findVanishingHops, type ReportedHop } from '../changes/budget-comparison.ts';
import { MEMORY_MIB } from '../plan/components.ts';
import type { Hop } from '../plan/hop.ts';
import { findInterruptions, type Interruption } from '../changes/interruptions.ts';
import type { Plan } from '../plan/plan.ts';
import type { PoolerPlan, PoolerProcess } from '../plan/pooler.ts';
import type { Settings } from '../settings/settings.ts';
import { planChanges, type PlannedChange } from '../changes/plan-changes.ts';
import type { Before } from '../changes/deployed-plan.ts';
import type { RefusalReport } from './refusal-report.ts';
import { describeTimeouts, type ReportedTimeouts } from './reported-timeouts.ts';
import {
  type ResourceChange,
  type ResourceSummary,
  summarizeResources,
} from '../changes/resource-changes.ts';

/** What Pulumi's own preview says. */
export interface EnginePreview {
  readonly changes: readonly ResourceChange[];
  /** Why it failed, in its words; empty when it did not. */
  readonly failures: readonly string[];
}

/**
 * The plan as plain data: what `--json` prints, and what the text and the Markdown are made of. No
 * secret in it.
 */
export interface PlanReport extends ReportedTimeouts {
  readonly environment: string;
  readonly target: string;
  readonly hops: readonly ReportedHop[];
  /** Deployed hops that the plan no longer has. */
  readonly vanishingHops: readonly Hop[];
  /** What is run as the app, and what it is given; empty where that is ours with nothing more. */
  readonly app: readonly string[];
  readonly bouncers: number;
  /** Memory limits of all bouncers together. */
  readonly bouncersMemoryMiB: number;
  /** Against what is deployed; absent when nothing was compared. */
  readonly changes?: readonly PlannedChange[] | 'first deployment' | 'not comparable';
  /** Absent when the engine was not asked, or failed: what it does is not known then. */
  readonly resources?: ResourceSummary;
  readonly interruptions?: readonly Interruption[];
  /** Errors of the engine; absent when it was not asked or did not fail. */
  readonly failures?: readonly string[];
  /** Generated files by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * `before` is what is deployed now: `undefined` compares with nothing, `'nothing'` says that this
 * is the first deployment.
 */
export function describePlan(plan: Plan, before?: Before, engine?: EnginePreview): PlanReport {
  const { settings, budget, timeouts, pooler } = plan;
  const deployed = typeof before === 'string' ? undefined : before;
  const reported = describeTimeouts(timeouts, deployed?.timeouts ?? 'not compared');
  return {
    environment: settings.environment,
    target: settings.target,
    hops: compareHops(budget, deployed?.connectionBudget ?? 'not compared').map((hop) => ({
      ...hop,
      path: nameServer(hop.path, settings),
    })),
    vanishingHops:
      deployed === undefined ? [] : findVanishingHops(budget, deployed.connectionBudget),
    app: describeApp(plan),
    bouncers: budget.bouncers,
    bouncersMemoryMiB: budget.bouncers * MEMORY_MIB.pgbouncer,
    ...reported,
    // Somebody else's server is stopped by somebody else.
    graces: reported.graces.filter(
      ({ name }) => name !== 'Postgres' || settings.postgres.external === undefined,
    ),
    ...(before === undefined ? {} : { changes: describeChanges(before, plan) }),
    ...(engine === undefined ? {} : describeEngine(engine, before ?? 'nothing', plan)),
    files: {
      ...(pooler === 'off' ? {} : describePoolerFiles(pooler)),
      ...(settings.postgres.external === undefined
        ? {
            'postgresql.conf': Object.entries(plan.postgresSettings)
              .map(([key, value]) => `${key} = '${value}'\n`)
              .join(''),
          }
        : {}),
      'redis.conf': plan.redisConf,
    },
  };
}

/** The files of further processes by what is different in them. */
function describePoolerFiles(pooler: PoolerPlan): PlanReport['files'] {
  const own = ({ config: { pgbouncer } }: PoolerProcess): string =>
    Object.entries(pgbouncer)
      .filter(([key, value]) => pooler.config.pgbouncer[key] !== value)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join('');
  return {
    'pgbouncer.ini': pooler.ini,
    ...Object.fromEntries(
      pooler.others.map((process) => [
        `${process.name}.ini`,
        `; as pgbouncer.ini, but for\n${own(process)}`,
      ]),
    ),
  };
}

function describeChanges(before: Before, plan: Plan): NonNullable<PlanReport['changes']> {
  if (before === 'nothing') return 'first deployment';
  return before === 'of another version' ? 'not comparable' : planChanges(before, plan);
}

/** A server that is not ours by its address. */
function nameServer(path: string, { postgres: { external } }: Settings): string {
  return external === undefined
    ? path
    : path.replace('Postgres', `external Postgres ${external.host}:${external.port}`);
}

/**
 * A preview that failed half-way knows only some of what would be replaced, which is worse than
 * nothing.
 */
function describeEngine(
  { changes, failures }: EnginePreview,
  before: Before,
  plan: Plan,
): Pick<PlanReport, 'resources' | 'interruptions' | 'failures'> {
  if (failures.length > 0) return { failures };
  return {
    resources: summarizeResources(changes),
    interruptions: findInterruptions({ before, plan, changes }),
  };
}

/** A report, or a refusal, as the JSON text that `--json` prints. */
export const renderReportJson = (report: PlanReport | RefusalReport): string =>
  `${JSON.stringify(report, null, 2)}\n`;
