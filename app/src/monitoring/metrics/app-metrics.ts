import type { ObservedMetric } from './observed-metric.ts';

/** The app's own pool of client connections, and what its event loop is busy with. */
export const appMetrics: readonly ObservedMetric[] = [
  {
    name: 'spywatcher_app_client_connections',
    help: 'Client connections that this app instance holds, by state.',
    kind: 'gauge',
    label: 'state',
    read: ({ layers: { app } }) => ({ active: app.active, idle: app.idle }),
  },
  {
    name: 'spywatcher_app_client_connections_max',
    help: 'Client connections that this app instance may hold (app.poolMax).',
    kind: 'gauge',
    read: ({ layers: { app } }) => app.max,
  },
  {
    name: 'spywatcher_app_waiting',
    help: 'Pieces of work that wait inside the app for a client connection.',
    kind: 'gauge',
    read: ({ layers: { app } }) => app.waiting,
  },
  {
    name: 'spywatcher_app_longest_wait_seconds',
    help:
      'How long the work that waits longest has waited for a client connection; ' +
      '0 when none waits.',
    kind: 'gauge',
    read: ({ layers: { app } }) => app.longestWaitMs / 1_000,
  },
  {
    name: 'spywatcher_event_loop_active_seconds_total',
    help:
      'Time in which the event loop had work. ' +
      'A rate near 1 means that the process cannot do more.',
    kind: 'counter',
    read: () => performance.eventLoopUtilization().active / 1_000,
  },
];
