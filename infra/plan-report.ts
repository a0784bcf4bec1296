import type { Hop } from './connection-budget.ts';
import type { Plan } from './plan.ts';
import type { Settings } from './settings.ts';
import { type DeployedPlan, planChanges, type PlannedChange } from './plan-changes.ts';

/** One timeout and what it ends. Milliseconds. */
export interface ReportedTimeout {
  readonly name: string;
  readonly ms: number;
}

/** The plan as plain data: what `--json` prints, and what the text and the Markdown are made of. No secret in it. */
export interface PlanReport {
  readonly environment: string;
  readonly target: string;
  readonly hops: readonly (Hop & { readonly percent: number })[];
  readonly bouncers: number;
  /** From the inside out: each gives up before the next. */
  readonly waits: readonly ReportedTimeout[];
  readonly idleInTransaction: ReportedTimeout;
  readonly keepAlive: ReportedTimeout;
  /** How long each process may take to stop, with what that is made of. */
  readonly graces: readonly (ReportedTimeout & { readonly madeOf: string })[];
  /** Against what is deployed; absent when nothing was compared. */
  readonly changes?: readonly PlannedChange[] | 'first deployment';
  /** Generated files by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** `before` is what is deployed now: `undefined` compares with nothing, `'nothing'` says that this is the first deployment. */
export function describePlan(plan: Plan, before?: DeployedPlan | 'nothing'): PlanReport {
  const { settings, budget, timeouts, pooler } = plan;
  const { wait, drain } = timeouts;
  return {
    environment: settings.environment,
    target: settings.target,
    hops: budget.hops.map((hop) => ({ ...hop, path: nameServer(hop.path, settings), percent: Math.round((hop.used / hop.limit) * 100) })),
    bouncers: budget.bouncers,
    waits: [
      { name: 'Redis command', ms: wait.redisCommandMs },
      { name: 'acquiring a client connection', ms: wait.acquireMs },
      { name: 'query_wait_timeout (PgBouncer)', ms: wait.queryWaitMs },
      { name: 'statement_timeout (role)', ms: wait.statementMs },
      { name: 'transaction', ms: wait.transactionMs },
      { name: 'request (app.requestTimeoutSeconds)', ms: wait.requestMs },
      { name: 'balancer', ms: wait.balancerMs },
    ],
    idleInTransaction: { name: 'idle in transaction', ms: wait.idleInTransactionMs },
    keepAlive: { name: 'keep-alive of the app', ms: wait.keepAliveMs },
    graces: [
      {
        name: 'app',
        ms: drain.appGraceSeconds * 1_000,
        madeOf: [
          ...(drain.preStopSeconds > 0 ? [`${drain.preStopSeconds} s preStop`] : []),
          `${drain.drainSeconds} s drain`,
          `${drain.closingSeconds} s closing`,
          ...(drain.sidecarSeconds > 0 ? [`${drain.sidecarSeconds} s sidecar`] : []),
          `${drain.slackSeconds} s slack`,
        ].join(' + '),
      },
      {
        name: 'PgBouncer',
        ms: drain.poolerGraceSeconds * 1_000,
        madeOf: `${drain.preStopSeconds > 0 ? `${drain.preStopSeconds} s preStop + ` : ''}${drain.clientLifetimeSeconds} s client lifetime + ${wait.requestMs / 1_000} s longest request + ${drain.slackSeconds} s slack`,
      },
      ...(settings.postgres.external === undefined ? [{ name: 'Postgres', ms: drain.postgresGraceSeconds * 1_000, madeOf: 'fast shutdown with a checkpoint' }] : []),
      { name: 'Redis', ms: drain.redisGraceSeconds * 1_000, madeOf: 'last write of the append-only file' },
    ],
    ...(before === undefined ? {} : { changes: before === 'nothing' ? ('first deployment' as const) : planChanges(before, plan) }),
    files: {
      ...(pooler === 'off' ? {} : { 'pgbouncer.ini': pooler.ini }),
      ...(settings.postgres.external === undefined ? { 'postgresql.conf': Object.entries(plan.postgresSettings).map(([key, value]) => `${key} = '${value}'\n`).join('') } : {}),
      'redis.conf': plan.redisConf,
    },
  };
}

/** A server that is not ours by its address. */
function nameServer(path: string, { postgres: { external } }: Settings): string {
  return external === undefined ? path : path.replace('Postgres', `external Postgres ${external.host}:${external.port}`);
}

/** `1.5 s`, `100 ms`: the unit that a person would choose. */
export function showDuration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

