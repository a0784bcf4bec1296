import { z } from 'zod';
import { LAYERS } from '../readings/layer-words.ts';
import { SORTS } from '../readings/slow-queries.ts';
import { alertSchema, layersSchema, sampleSchema, verdictSchema } from './layer-schemas.ts';

// Every body of the admin routes, strict on its keys: tests of a running app hold its answers to
// these.

const count = z.int().min(0);
const amount = z.number().min(0);
const timestamp = z.iso.datetime();

const limitsSchema = z.strictObject({
  /** Share of each limit from which on its use is an alert. */
  warnPercent: z.number().positive(),
  criticalPercent: z.number().positive(),
  /** Time after which PgBouncer refuses a client that waits. */
  queryWaitTimeoutMs: count,
  /**
   * Connections that may be opened at the worst moment of a rollout, by segment of the path, as
   * planned.
   */
  budget: z.array(
    z.strictObject({ name: z.string(), path: z.string(), planned: count, limit: count }),
  ),
  /**
   * Present use; `used` and `limit` are null while the layer is down, `planned` where the plan has
   * no value.
   */
  use: z.array(
    z.strictObject({
      layer: z.enum(LAYERS),
      what: z.enum(['client connections', 'server connections', 'connections', 'memory']),
      unit: z.enum(['connections', 'bytes']),
      used: amount.nullable(),
      /** Limit of the running layer. */
      limit: amount.nullable(),
      /** Limit in the settings. */
      planned: amount.nullable(),
      percent: amount.nullable(),
      setting: z.string().nullable(),
    }),
  ),
});

/** Keys that most bodies share, after those of their own. */
const context = { verdict: verdictSchema, layers: layersSchema, limits: limitsSchema };

export const healthSchema = z.strictObject({
  healthy: z.boolean(),
  timestamp,
  database: z.strictObject({
    healthy: z.boolean(),
    /** Milliseconds until Postgres had answered, past the pooler; or until it was given up. */
    responseTime: amount,
    connectionPool: z.strictObject({
      active: count,
      idle: count,
      total: count,
      max: count,
      utilizationPercent: z.string().regex(/^\d+\.\d\d$/),
      isPgBouncer: z.boolean(),
      isShuttingDown: z.boolean(),
    }),
  }),
  redis: z.strictObject({ available: z.boolean(), connected: z.boolean(), status: z.string() }),
  ...context,
});

export const poolSchema = z.strictObject({
  database: z.strictObject({
    utilizationPercent: amount,
    activeConnections: count,
    maxConnections: count,
    isHealthy: z.boolean(),
  }),
  redis: z.strictObject({ available: z.boolean(), connected: z.boolean() }),
  timestamp,
  ...context,
});

export const alertsSchema = z
  .strictObject({
    alerts: z.array(z.string().regex(/^(WARNING|CRITICAL): ./)),
    count,
    timestamp,
    details: z.array(alertSchema).readonly(),
    ...context,
  })
  .refine(
    (body) => body.count === body.alerts.length && body.count === body.details.length,
    'count is the number of alerts',
  );

/** The data of a `state` event. */
export const stateSchema = z.strictObject({
  at: timestamp,
  healthy: z.boolean(),
  alerts: z.array(alertSchema).readonly(),
  isShuttingDown: z.boolean(),
  ...context,
});

export const historySchema = z.strictObject({
  sampleEverySeconds: z.number().positive(),
  samples: z.array(sampleSchema),
});

export const slowQueriesSchema = z.strictObject({
  queries: z.array(
    z.strictObject({
      query: z.string(),
      calls: count,
      totalMs: amount,
      meanMs: amount,
      maxMs: amount,
      rows: count,
    }),
  ),
  count,
  since: timestamp.nullable(),
  timestamp,
  filter: z.strictObject({
    limit: count,
    minMs: amount,
    sort: z.enum(SORTS),
  }),
});

export const errorSchema = z.strictObject({
  error: z.strictObject({ code: z.string().regex(/^[a-z_]+$/), message: z.string().min(1) }),
});

export type Limits = z.output<typeof limitsSchema>;
export type HealthBody = z.output<typeof healthSchema>;
export type PoolBody = z.output<typeof poolSchema>;
export type AlertsBody = z.output<typeof alertsSchema>;
export type StateBody = z.output<typeof stateSchema>;
