import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import type { Layers } from '../readings/readings.ts';
import { diagnoseApp } from './verdict-app.ts';
import { diagnoseDown } from './verdict-down.ts';
import { diagnosePooler } from './verdict-pooler.ts';
import { diagnosePostgres } from './verdict-postgres.ts';
import type { Evidence, Verdict } from './verdict.ts';

/**
 * Names the bottleneck. A layer that every query needs and that is down comes first, then the
 * innermost layer that is full: whatever is full inside makes everything before it wait as well,
 * while the reverse is not true.
 */
export function diagnose(layers: Layers, plan: MonitoringPlan): Verdict {
  return (
    diagnoseDown(layers, 'postgres') ??
    diagnoseDown(layers, 'pgbouncer', 'down') ??
    diagnosePostgres(layers, plan) ??
    diagnoseDown(layers, 'pgbouncer') ??
    diagnosePooler(layers, plan) ??
    diagnoseApp(layers, plan) ??
    diagnoseDown(layers, 'redis') ??
    allIsWell(layers)
  );
}

function allIsWell({ app, pgbouncer, postgres }: Layers): Verdict {
  const evidence: Evidence[] = [
    {
      what: 'client connections of the app in use',
      value: app.active,
      limit: app.max,
      unit: 'connections',
    },
  ];
  if (pgbouncer.state === 'up')
    evidence.push({
      what: 'server connections in use',
      value: pgbouncer.servers.active,
      limit: pgbouncer.servers.poolSize,
      unit: 'connections',
    });
  if (postgres.state === 'up')
    evidence.push({
      what: 'connections at Postgres',
      value: postgres.connections.total,
      limit: postgres.available,
      unit: 'connections',
    });
  const fullest = evidence.reduce((most, next) => (shareOf(next) > shareOf(most) ? next : most));
  return {
    state: 'ok',
    layer: null,
    summary: `Nothing waits. The fullest: ${fullest.value} of ${fullest.limit} ${fullest.what}.`,
    evidence,
    remedy: null,
    change: null,
  };
}

const shareOf = ({ value, limit }: Evidence): number => value / Math.max(1, limit ?? 1);
