import type { MonitoringPlan } from '../../app/src/monitoring/plan/monitoring-plan.ts';
import { renderShownConfig } from '../../pgbouncer/shown-config.ts';
import { SUPERUSER_RESERVED } from '../plan/connection-budget.ts';
import type { Plan } from '../plan/plan.ts';
import type { PoolerProcess } from '../plan/pooler.ts';
import { planSettingRoom } from '../plan/setting-room.ts';

/** The planned limits as the app's monitoring reads them: JSON without a secret in it. */
export function renderMonitoringPlan(plan: Plan): string {
  const { settings, timeouts, budget } = plan;
  const { wait } = timeouts;
  const limits: MonitoringPlan = {
    ...settings.monitoring,
    longTransactionMs: wait.transactionMs,
    queryWaitTimeoutMs: wait.queryWaitMs,
    app: { poolMax: settings.app.poolMax },
    pooler: describePooler(plan),
    postgres: {
      maxConnections: settings.postgres.maxConnections,
      reservedConnections: settings.postgres.reservedConnections,
      superuserReservedConnections: SUPERUSER_RESERVED,
      ...(settings.postgres.external === undefined ? {} : { isExternal: true as const }),
    },
    room: planSettingRoom(settings),
    budget: budget.hops.map(({ name, path, used, limit }) => ({ name, path, used, limit })),
  };
  return `${JSON.stringify(limits, null, 2)}\n`;
}

/** Keys whose values are not the same in all processes. */
function describeProcess(
  { config }: PoolerProcess,
  all: readonly PoolerProcess[],
): Readonly<Record<string, string>> {
  const differs = (key: string): boolean =>
    all.some((other) => other.config.pgbouncer[key] !== config.pgbouncer[key]);
  return renderShownConfig(
    Object.fromEntries(Object.entries(config.pgbouncer).filter(([key]) => differs(key))),
  );
}

function describePooler({ settings, pooler }: Plan): MonitoringPlan['pooler'] {
  if (pooler === 'off') return 'off';
  const { poolSize, reservePoolSize, maxClientConn } = settings.pooler;
  const processes = [pooler, ...pooler.others];
  return {
    poolSize,
    reservePoolSize,
    maxClientConn,
    config: renderShownConfig(pooler.config.pgbouncer),
    ...(pooler.others.length === 0
      ? {}
      : { processes: processes.map((process) => describeProcess(process, processes)) }),
  };
}
