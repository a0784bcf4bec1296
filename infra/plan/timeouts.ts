import { MIN_QUERY_WAIT_TIMEOUT_SECONDS } from '../../pgbouncer/defaults.ts';
import type { Fault } from '../settings/fault.ts';
import type { Settings } from '../settings/settings.ts';

/** What the user chooses; everything else is derived so that it nests. Seconds. */
export interface TimeoutDemand {
  readonly queryWaitTimeoutSeconds: number;
  readonly requestTimeoutSeconds: number;
  readonly drainSeconds: number;
  /**
   * Kubernetes takes an endpoint out of service beside SIGTERM, so a pod waits before it drains;
   * Docker has no balancer.
   */
  readonly preStopSeconds: number;
  /** Whether a bouncer must outlive the app inside the same grace period. */
  readonly sidecar: boolean;
}

/**
 * How long each layer waits, from the inside out: every one gives up before the one around it does.
 * Milliseconds.
 */
interface WaitPlan {
  readonly redisCommandMs: number;
  readonly acquireMs: number;
  readonly queryWaitMs: number;
  readonly statementMs: number;
  readonly transactionMs: number;
  readonly requestMs: number;
  readonly balancerMs: number;
  /** Ends transactions that nobody continues: above the transaction timeout, below the drain. */
  readonly idleInTransactionMs: number;
  /** Above the balancer's idle time, so that it is never the app that closes first. */
  readonly keepAliveMs: number;
}

/** How long each process may take to stop, all from the one drain number. Seconds. */
interface DrainPlan {
  readonly preStopSeconds: number;
  readonly drainSeconds: number;
  readonly closingSeconds: number;
  readonly sidecarSeconds: number;
  readonly slackSeconds: number;
  /**
   * Client connections are renewed this often, so that a bouncer that waits for its clients ends.
   */
  readonly clientLifetimeSeconds: number;
  readonly appGraceSeconds: number;
  readonly poolerGraceSeconds: number;
  readonly postgresGraceSeconds: number;
  readonly redisGraceSeconds: number;
}

export interface TimeoutPlan {
  readonly wait: WaitPlan;
  readonly drain: DrainPlan;
}

const REDIS_COMMAND_MS = 100;
const ACQUIRE_MS = 3_000;
/**
 * The idle and response time of common balancers: 60 s at nginx and AWS' ALB.
 * https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout
 */
const BALANCER_MS = 60_000;
const KEEP_ALIVE_MS = 75_000;
const CLOSING_SECONDS = 3;
const SIDECAR_SECONDS = 5;
const SLACK_SECONDS = 2;
const POSTGRES_GRACE_SECONDS = 120;
const REDIS_GRACE_SECONDS = 30;

/**
 * Derives every timeout from three numbers, then proves that they nest; those that do not come back
 * as faults with both numbers.
 */
export function planTimeouts(demand: TimeoutDemand): {
  readonly timeouts: TimeoutPlan;
  readonly faults: readonly Fault[];
} {
  const timeouts = { wait: planWaits(demand), drain: planDrain(demand) };
  const faults = checkWaits(demand);
  // What is derived from waits that do not nest says nothing about the drain.
  return { timeouts, faults: faults.length > 0 ? faults : checkDrain(demand, timeouts) };
}

function planWaits({ queryWaitTimeoutSeconds, requestTimeoutSeconds }: TimeoutDemand): WaitPlan {
  const queryWaitMs = queryWaitTimeoutSeconds * 1_000;
  const requestMs = requestTimeoutSeconds * 1_000;
  const between = (share: number): number =>
    Math.round(queryWaitMs + (requestMs - queryWaitMs) * share);
  return {
    redisCommandMs: REDIS_COMMAND_MS,
    acquireMs: Math.min(ACQUIRE_MS, Math.round(queryWaitMs * 0.6)),
    queryWaitMs,
    statementMs: between(0.3),
    transactionMs: between(0.5),
    idleInTransactionMs: between(0.7),
    requestMs,
    balancerMs: BALANCER_MS,
    keepAliveMs: KEEP_ALIVE_MS,
  };
}

function planDrain(demand: TimeoutDemand): DrainPlan {
  const { drainSeconds, preStopSeconds, requestTimeoutSeconds } = demand;
  const sidecarSeconds = demand.sidecar ? SIDECAR_SECONDS : 0;
  return {
    preStopSeconds,
    drainSeconds,
    closingSeconds: CLOSING_SECONDS,
    sidecarSeconds,
    slackSeconds: SLACK_SECONDS,
    clientLifetimeSeconds: drainSeconds,
    appGraceSeconds:
      preStopSeconds + drainSeconds + CLOSING_SECONDS + sidecarSeconds + SLACK_SECONDS,
    poolerGraceSeconds: preStopSeconds + drainSeconds + requestTimeoutSeconds + SLACK_SECONDS,
    postgresGraceSeconds: POSTGRES_GRACE_SECONDS,
    redisGraceSeconds: REDIS_GRACE_SECONDS,
  };
}

function checkWaits({ queryWaitTimeoutSeconds, requestTimeoutSeconds }: TimeoutDemand): Fault[] {
  const faults: Fault[] = [];
  if (queryWaitTimeoutSeconds >= requestTimeoutSeconds) {
    faults.push({
      key: 'pooler.queryWaitTimeoutSeconds',
      got:
        `${queryWaitTimeoutSeconds} s, but a request ends after ${requestTimeoutSeconds} s ` +
        '(app.requestTimeoutSeconds)',
      allowed:
        `less than ${requestTimeoutSeconds} s, so that the caller gets an answer and not ` +
        'a cut',
      remedy: waysOut(queryWaitTimeoutSeconds, requestTimeoutSeconds),
    });
  }
  const balancerSeconds = BALANCER_MS / 1_000;
  if (requestTimeoutSeconds >= balancerSeconds) {
    faults.push({
      key: 'app.requestTimeoutSeconds',
      got: `${requestTimeoutSeconds} s, but a balancer gives up after ${balancerSeconds} s`,
      allowed: `less than ${balancerSeconds} s`,
      remedy:
        `Lower app.requestTimeoutSeconds to ${balancerSeconds - 1} or less; longer work ` +
        'belongs in a job, not in a request.',
    });
  }
  return faults;
}

/**
 * A third of the request is a good share for waiting; a longer request is offered only where the
 * balancer would wait for it.
 */
function waysOut(queryWaitTimeoutSeconds: number, requestTimeoutSeconds: number): string {
  const lower = Math.max(MIN_QUERY_WAIT_TIMEOUT_SECONDS, Math.floor(requestTimeoutSeconds / 3));
  const raised = queryWaitTimeoutSeconds * 3;
  const isLowerFitting = lower < requestTimeoutSeconds;
  const isRaisedFitting = raised * 1_000 < BALANCER_MS;
  if (!isLowerFitting) return `Raise app.requestTimeoutSeconds to ${raised}.`;
  const orRaise = isRaisedFitting ? `, or raise app.requestTimeoutSeconds to ${raised}` : '';
  return `Lower pooler.queryWaitTimeoutSeconds to ${lower}${orRaise}.`;
}

function checkDrain(
  { drainSeconds, requestTimeoutSeconds, queryWaitTimeoutSeconds }: TimeoutDemand,
  { wait }: TimeoutPlan,
): Fault[] {
  const longest = Math.max(requestTimeoutSeconds, Math.ceil(wait.idleInTransactionMs / 1_000));
  if (drainSeconds >= longest) return [];
  const orLower =
    drainSeconds > queryWaitTimeoutSeconds
      ? `, or lower app.requestTimeoutSeconds to ${drainSeconds}`
      : '';
  return [
    {
      key: 'app.drainSeconds',
      got:
        `${drainSeconds} s, but a request in flight may take ${requestTimeoutSeconds} s ` +
        '(app.requestTimeoutSeconds)',
      allowed: `at least ${longest} s`,
      remedy: `Raise app.drainSeconds to ${longest}${orLower}.`,
    },
  ];
}

/** An update fails when a container on Docker is not healthy within this time. */
export const HEALTHY_WITHIN_SECONDS = 120;

/** How long a server may take from its start until it answers; the update fails after it. */
export const startDeadlineSeconds = ({
  target,
  kubernetes,
}: Pick<Settings, 'target' | 'kubernetes'>): number =>
  target === 'docker' ? HEALTHY_WITHIN_SECONDS : kubernetes.podStartSeconds;
