import { z } from 'zod';

/** Settings of which the plan knows how far they can be raised. */
export const RAISABLE_SETTINGS = [
  'app.poolMax',
  'pooler.poolSize',
  'pooler.maxClientConn',
  'postgres.maxConnections',
] as const;

export type RaisableSetting = (typeof RAISABLE_SETTINGS)[number];

const count = z.int().min(0);
const percent = z.int().min(1).max(100);

/**
 * The planned limits, beside which the monitoring shows the use. Comes in a file of its own and is
 * read again when it changes: a setting that PgBouncer reloads must not replace the app.
 */
const schema = z.strictObject({
  /** How often the metrics are logged. */
  intervalSeconds: z.int().min(1),
  warnPercent: percent,
  criticalPercent: percent,
  /** Statements above this are slow. */
  slowQueryMs: count,
  /** A transaction that is older than this is reported: the app's own end before it. */
  longTransactionMs: count,
  /** How long a query waits for a server connection before PgBouncer refuses it. */
  queryWaitTimeoutMs: count,
  /** Client connections of one app instance. */
  app: z.strictObject({ poolMax: count }),
  pooler: z.union([
    z.literal('off'),
    z.strictObject({
      poolSize: count,
      reservePoolSize: count,
      maxClientConn: count,
      /**
       * Keys of `[pgbouncer]` that are set, spelled as `SHOW CONFIG` prints them; all others have
       * PgBouncer's defaults.
       */
      config: z.record(z.string(), z.string()),
      /** What differs from that in each of several processes, in their order. */
      processes: z.array(z.record(z.string(), z.string())).optional(),
    }),
  ]),
  postgres: z.strictObject({
    maxConnections: count,
    reservedConnections: count,
    superuserReservedConnections: count,
    /** The server is external: its limits are raised there. */
    isExternal: z.literal(true).optional(),
  }),
  /**
   * The largest value of each setting, the others as they are, that the connection budget still
   * allows.
   */
  room: z.record(z.enum(RAISABLE_SETTINGS), count),
  /** Connections that may be opened at the worst moment of a rollout, by segment of the path. */
  budget: z.array(
    z.strictObject({ name: z.string(), path: z.string(), used: count, limit: count }),
  ),
});

export type MonitoringPlan = Readonly<z.output<typeof schema>>;

/** @throws {Error} naming what is wrong with the text; the plan holds no secret. */
export function parseMonitoringPlan(text: string): MonitoringPlan {
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the monitoring plan is not usable: ${faults.join('; ')}`);
}
