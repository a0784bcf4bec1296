import type { ObservedMetric } from './observed-metric.ts';

/**
 * Metrics of the plan and its thresholds: rules and panels take their limits from here and hold
 * none themselves.
 */
export const planMetrics: readonly ObservedMetric[] = [
  {
    name: 'spywatcher_planned_connections',
    help: 'Connections that may be opened at the worst moment of a rollout, by hop.',
    kind: 'gauge',
    label: 'hop',
    read: ({ plan }) =>
      Object.fromEntries(plan.budget.map(({ name, used }) => [hopOf(name), used])),
  },
  {
    name: 'spywatcher_planned_connections_limit',
    help: 'Connections that the next layer takes, by hop.',
    kind: 'gauge',
    label: 'hop',
    read: ({ plan }) =>
      Object.fromEntries(plan.budget.map(({ name, limit }) => [hopOf(name), limit])),
  },
  {
    name: 'spywatcher_setting_room',
    help:
      'The largest value of a setting, the others as they are, ' +
      'that the connection budget still allows.',
    kind: 'gauge',
    label: 'setting',
    // Without a pooler the headroom of its settings means nothing.
    read: ({ plan: { pooler, room } }) =>
      pooler === 'off'
        ? {
            'app.poolMax': room['app.poolMax'],
            'postgres.maxConnections': room['postgres.maxConnections'],
          }
        : room,
  },
  {
    name: 'spywatcher_threshold_ratio',
    help:
      'The share of a limit from which on it is reported, by severity (monitoring.warnPercent, ' +
      'monitoring.criticalPercent).',
    kind: 'gauge',
    label: 'severity',
    read: ({ plan }) => ({ warning: plan.warnPercent / 100, critical: plan.criticalPercent / 100 }),
  },
  {
    name: 'spywatcher_query_wait_timeout_seconds',
    help:
      'How long a query waits for a server connection before PgBouncer refuses it ' +
      '(pooler.queryWaitTimeoutSeconds).',
    kind: 'gauge',
    read: ({ plan }) => (plan.pooler === 'off' ? undefined : plan.queryWaitTimeoutMs / 1_000),
  },
  {
    name: 'spywatcher_transaction_limit_seconds',
    help: 'The age at which the app ends its own transactions; an older one is reported.',
    kind: 'gauge',
    read: ({ plan }) => plan.longTransactionMs / 1_000,
  },
];

const hopOf = (name: string): string => name.replaceAll(' ', '_');
