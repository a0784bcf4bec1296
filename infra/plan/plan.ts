import { type AppProgram, checkSessions, planAppProgram, poolsSessions } from './app-program.ts';
import { checkPoolerSettings, readMaxPreparedStatements } from '../../pgbouncer/pooler-settings.ts';
import { type BackupPlan, planBackup } from './backup.ts';
import { type ConnectionBudget, planConnections } from './connection-budget.ts';
import type { ConnectionDemand } from './connection-demand.ts';
import { type Fault, PlanRefused } from '../settings/fault.ts';
import { countOnMachine, countSharedBouncers, planPooler, type PoolerPlan } from './pooler.ts';
import { planPostgresSettings } from './postgres/settings.ts';
import { renderRedisConf } from './redis.ts';
import type { CheckedSettings, Settings } from '../settings/settings.ts';
import { type TimeoutPlan, planTimeouts } from './timeouts.ts';

/**
 * Names the app may hold at once; the rest of the cache is for tools and for texts of the last
 * deployment.
 */
const NAMED_SHARE = 0.5;
const PRE_STOP_SECONDS = { docker: 0, kubernetes: 5 } as const;

/**
 * Everything that is decided before a resource is touched: numbers and texts, no secret among them.
 */
export interface Plan {
  readonly settings: Settings;
  readonly app: AppProgram | 'ours';
  readonly budget: ConnectionBudget;
  readonly timeouts: TimeoutPlan;
  readonly pooler: PoolerPlan | 'off';
  /** How many statements the app may name, or `off` where the pooler does not keep them. */
  readonly statementNames: number | 'off';
  /** `postgresql.conf` keys and their values; none for a server that is not ours. */
  readonly postgresSettings: Readonly<Record<string, string>>;
  readonly redisConf: string;
  readonly backup: BackupPlan | 'off';
}

/**
 * Everything that does not fit in settings that are each in their range: connections, timeouts,
 * keys, sizes.
 */
export const findPlanFaults = (settings: Settings): readonly Fault[] => planParts(settings).faults;

/**
 * Proves that the settings make an environment that can work.
 * @throws {PlanRefused} with every connection, timeout, key or size that does not fit, all at once.
 */
export function planEnvironment({ settings, faults: settingsFaults }: CheckedSettings): Plan {
  const { budget, timeouts, postgresSettings, faults } = planParts(settings);
  if (settingsFaults.length > 0 || faults.length > 0)
    throw new PlanRefused([...settingsFaults, ...faults]);
  const names = Math.floor(readMaxPreparedStatements(settings.pooler.settings) * NAMED_SHARE);
  return {
    settings,
    app: planAppProgram(settings),
    budget,
    timeouts,
    pooler: settings.pooler.enabled ? planPooler(settings, timeouts) : 'off',
    statementNames: names >= 1 && !poolsSessions(settings) ? names : 'off',
    postgresSettings,
    redisConf: renderRedisConf(settings.redis),
    backup: planBackup(settings),
  };
}

/** The parts that are proved, as far as they can be planned at all, and what is wrong with them. */
function planParts(
  settings: Settings,
): Pick<Plan, 'budget' | 'timeouts' | 'postgresSettings'> & { readonly faults: readonly Fault[] } {
  const pooler = settings.pooler.enabled ? settings.pooler : 'off';
  const { budget, faults: connectionFaults } = planConnections(connectionDemand(settings));
  const { timeouts, faults: timeoutFaults } = planTimeouts({
    queryWaitTimeoutSeconds: settings.pooler.queryWaitTimeoutSeconds,
    requestTimeoutSeconds: settings.app.requestTimeoutSeconds,
    drainSeconds: settings.app.drainSeconds,
    preStopSeconds: PRE_STOP_SECONDS[settings.target],
    sidecar:
      settings.target === 'kubernetes' &&
      pooler !== 'off' &&
      settings.pooler.placement === 'sidecar',
  });
  const postgres =
    settings.postgres.external === undefined
      ? planOwnPostgres(settings)
      : { settings: {}, faults: [] };
  const poolerFaults =
    pooler === 'off'
      ? []
      : checkPoolerSettings(settings.pooler.settings, {
          ...settings.pooler,
          maxPreparedStatements: readMaxPreparedStatements(settings.pooler.settings),
        });
  return {
    budget,
    timeouts,
    postgresSettings: postgres.settings,
    faults: [
      ...connectionFaults,
      ...checkSessions(settings, budget.instances),
      ...timeoutFaults,
      ...poolerFaults,
      ...postgres.faults,
    ],
  };
}

const planOwnPostgres = ({
  postgres,
  monitoring,
  backup,
}: Settings): ReturnType<typeof planPostgresSettings> =>
  planPostgresSettings({
    ...postgres,
    slowQueryMs: monitoring.slowQueryMs,
    archiveWithinSeconds: backup.enabled ? backup.recoveryPointSeconds : 'off',
  });

function connectionDemand(settings: Settings): ConnectionDemand {
  const { target, app, pooler, postgres } = settings;
  const { maxReplicas: replicas, maxSurge: surge, poolMax } = app;
  return {
    // Docker stops a container before it starts the next; a rollout or a drained node may have
    // every pod leave at once.
    instances: { replicas, surge, leaving: target === 'docker' ? 0 : replicas },
    poolMax,
    pooler: pooler.enabled
      ? {
          ...pooler,
          placement: pooler.placement === 'sidecar' ? 'sidecar' : countSharedBouncers(settings),
          peers: countOnMachine(settings) - 1,
        }
      : 'off',
    postgres,
  };
}
