import type { TimeoutPlan } from '../plan/timeouts.ts';

/** One timeout and what it ends. Milliseconds. */
export interface ReportedTimeout {
  readonly name: string;
  readonly ms: number;
  /** Duration in the deployed plan; absent when nothing was compared. */
  readonly beforeMs?: number;
}

/** How long a process may take to stop, and what that is made of. */
interface ReportedGrace extends ReportedTimeout {
  readonly madeOf: string;
}

export interface ReportedTimeouts {
  /** From the inside out: each gives up before the next. */
  readonly waits: readonly ReportedTimeout[];
  readonly idleInTransaction: ReportedTimeout;
  readonly keepAlive: ReportedTimeout;
  readonly graces: readonly ReportedGrace[];
}

export function describeTimeouts(
  after: TimeoutPlan,
  before: TimeoutPlan | 'not compared',
): ReportedTimeouts {
  const planned = listTimeouts(after);
  if (before === 'not compared') return planned;
  const { waits, idleInTransaction, keepAlive, graces } = listTimeouts(before);
  const deployed = new Map(
    [...waits, idleInTransaction, keepAlive, ...graces].map(({ name, ms }) => [name, ms]),
  );
  const compare = <T extends ReportedTimeout>(timeout: T): T => {
    const beforeMs = deployed.get(timeout.name);
    return beforeMs === undefined ? timeout : { ...timeout, beforeMs };
  };
  return {
    waits: planned.waits.map(compare),
    idleInTransaction: compare(planned.idleInTransaction),
    keepAlive: compare(planned.keepAlive),
    graces: planned.graces.map(compare),
  };
}

export const isTimeoutChanged = ({ ms, beforeMs }: ReportedTimeout): boolean =>
  beforeMs !== undefined && beforeMs !== ms;

/** `1.5 s`, `100 ms`: the unit that a person would choose. */
export function showDuration(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

function listTimeouts({ wait, drain }: TimeoutPlan): ReportedTimeouts {
  const preStop = drain.preStopSeconds > 0 ? [`${drain.preStopSeconds} s preStop`] : [];
  const sidecar = drain.sidecarSeconds > 0 ? [`${drain.sidecarSeconds} s sidecar`] : [];
  const slack = `${drain.slackSeconds} s slack`;
  return {
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
          ...preStop,
          `${drain.drainSeconds} s drain`,
          `${drain.closingSeconds} s closing`,
          ...sidecar,
          slack,
        ].join(' + '),
      },
      {
        name: 'PgBouncer',
        ms: drain.poolerGraceSeconds * 1_000,
        madeOf: [
          ...preStop,
          `${drain.clientLifetimeSeconds} s client lifetime`,
          `${wait.requestMs / 1_000} s longest request`,
          slack,
        ].join(' + '),
      },
      {
        name: 'Postgres',
        ms: drain.postgresGraceSeconds * 1_000,
        madeOf: 'fast shutdown with a checkpoint',
      },
      {
        name: 'Redis',
        ms: drain.redisGraceSeconds * 1_000,
        madeOf: 'last write of the append-only file',
      },
    ],
  };
}
