import {
  type MonitoringPlan,
  parseMonitoringPlan,
} from '../app/src/monitoring/plan/monitoring-plan.ts';
import { renderMonitoringPlan } from '../infra/app/monitoring-plan.ts';
import { type Plan, planEnvironment } from '../infra/plan/plan.ts';
import type { Probing } from './image-set-up.ts';
import { checkSettings } from '../infra/settings/check-settings.ts';

type Section = Readonly<Record<string, unknown>>;

/** Settings of a live environment by section; what is left out is small enough to see. */
export interface LiveSettings {
  readonly app?: Section;
  readonly pooler?: Section;
  readonly postgres?: Section;
  /**
   * Parameters of Postgres that are left to the image and not given on the command line, which
   * ALTER SYSTEM could not change.
   */
  readonly leftToImage?: readonly string[];
  /** How each container is found to be ready; all along by default. */
  readonly probing?: Probing;
  /**
   * Network in which Postgres is `postgres` and Redis is `redis`. By default Redis and the apps get
   * one of their own, and Postgres is reached over sockets alone.
   */
  readonly network?: string;
}

/**
 * For sessions that a test leaves waiting or idle in a transaction: the longest waits that a plan
 * may have, so that the numbers stand still meanwhile.
 */
export const LONG_WAITS: LiveSettings = {
  app: { requestTimeoutSeconds: 59, drainSeconds: 64 },
  pooler: { queryWaitTimeoutSeconds: 50 },
};

/**
 * As long as no request may take longer, the same for sessions that are idle in a transaction
 * alone.
 */
export const LONG_TRANSACTIONS: LiveSettings = { app: LONG_WAITS.app ?? {} };

/** Plans an environment as `up` would. */
export function planLive({ app, pooler, postgres }: LiveSettings = {}): Plan {
  return planEnvironment(
    checkSettings(
      {
        target: 'docker',
        credentialsVersion: 1,
        app: { ...app },
        pooler: { poolSize: 5, minPoolSize: 0, reservePoolSize: 0, ...pooler },
        postgres: { protect: false, memoryMiB: 1_536, ...postgres },
        redis: { protect: false },
      },
      'e2e',
    ),
  );
}

/** The limits that the app's monitoring is to read. */
export const monitoringPlanOf = (plan: Plan): MonitoringPlan =>
  parseMonitoringPlan(renderMonitoringPlan(plan));
