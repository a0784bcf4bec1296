import type { MonitoringPlan } from '../plan/monitoring-plan.ts';
import { raise } from '../plan/raised-setting.ts';
import { type Layers, toPercent } from '../readings/readings.ts';
import type { Verdict } from './verdict.ts';

/**
 * Share of the busy server connections from which on the lock is the bottleneck, not the
 * connections.
 */
const LOCKED_SHARE = 0.5;

/** Diagnoses a Postgres without free connections, or one whose sessions wait for a lock. */
export function diagnosePostgres(layers: Layers, plan: MonitoringPlan): Verdict | undefined {
  return diagnoseConnections(layers, plan) ?? diagnoseLocks(layers);
}

function diagnoseConnections({ postgres }: Layers, plan: MonitoringPlan): Verdict | undefined {
  if (postgres.state !== 'up') return undefined;
  const { connections, available } = postgres;
  if (toPercent(connections.total, available) < plan.criticalPercent) return undefined;
  const { change, text } = raise('postgres.maxConnections', connections.total, plan);
  const strangers =
    connections.ofOthers > connections.ofApp
      ? `${connections.ofOthers} of them are not the app's: end those first ` +
        '(pg_stat_activity names them). '
      : '';
  return {
    state: 'saturated',
    layer: 'postgres',
    summary:
      `Postgres is ${connections.total < available ? 'almost ' : ''}out of connections: ` +
      `${connections.total} of ${available} are taken, ` +
      `${connections.ofApp} of them by the app.`,
    evidence: [
      {
        what: 'connections at Postgres',
        value: connections.total,
        limit: available,
        unit: 'connections',
      },
      { what: 'of the app', value: connections.ofApp, limit: null, unit: 'connections' },
      { what: 'of others', value: connections.ofOthers, limit: null, unit: 'connections' },
    ],
    remedy: `${strangers}${text}`,
    change,
  };
}

function diagnoseLocks({ app, pgbouncer, postgres }: Layers): Verdict | undefined {
  if (postgres.state !== 'up' || postgres.lockWaits === 0) return undefined;
  const waiting = app.waiting + (pgbouncer.state === 'up' ? pgbouncer.clients.waiting : 0);
  const { active, idleInTransaction } = postgres.connections;
  if (waiting === 0 || postgres.lockWaits < (active + idleInTransaction) * LOCKED_SHARE)
    return undefined;
  return {
    state: 'saturated',
    layer: 'postgres',
    summary:
      `${postgres.lockWaits} of ${active + idleInTransaction} busy connections at Postgres ` +
      `wait for a lock; the longest transaction is ${seconds(postgres.longestTransactionMs)} ` +
      'old.',
    evidence: [
      {
        what: 'connections that wait for a lock',
        value: postgres.lockWaits,
        limit: active + idleInTransaction,
        unit: 'connections',
      },
      {
        what: 'longest transaction',
        value: postgres.longestTransactionMs,
        limit: null,
        unit: 'ms',
      },
    ],
    remedy:
      'End the transaction that holds the lock (pg_blocking_pids names it). More connections ' +
      'would only wait as well.',
    change: null,
  };
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
