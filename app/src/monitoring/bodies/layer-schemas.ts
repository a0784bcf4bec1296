import { z } from 'zod';
import { ALERT_KINDS, SEVERITIES, type Alert } from '../diagnosis/alerts.ts';
import type { Sample } from '../observing/history.ts';
import type {
  AppPoolCounts,
  Layers,
  PoolerCounts,
  PoolerUse,
  PostgresCounts,
  ProcessUse,
  RedisCounts,
} from '../readings/readings.ts';
import { EVIDENCE_UNITS, VERDICT_STATES, type Verdict } from '../diagnosis/verdict.ts';
import { RAISABLE_SETTINGS } from '../plan/monitoring-plan.ts';
import { DOWN_REASONS, LAYERS } from '../readings/layer-words.ts';

const count = z.int().min(0);
const amount = z.number().min(0);
const time = z.iso.datetime();

const layerName = z.enum(LAYERS);
const tookMs = amount;

const down = z.strictObject({
  state: z.literal('down'),
  since: time,
  reason: z.enum(DOWN_REASONS),
  tookMs,
});
const off = z.strictObject({ state: z.literal('off') });

/**
 * Builds the schema of a layer's reading: its own shape, or that it is down or not part of the
 * environment.
 */
const reading = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('up'), tookMs, ...shape }),
    down,
    off,
  ]);

/**
 * Holds a shape to the type: a key that is missing here, or of another kind, is an error of the
 * compiler.
 */
const shapeOf = <T>(shape: { readonly [Key in keyof T]-?: z.ZodType<T[Key]> }) => shape;

const poolerUse = shapeOf<PoolerUse>({
  clients: z.strictObject({ active: count, waiting: count, total: count, max: count }),
  servers: z.strictObject({
    active: count,
    idle: count,
    used: count,
    login: count,
    total: count,
    poolSize: count,
    max: count,
  }),
  maxWaitMs: amount,
});

export const layersSchema: z.ZodType<Layers> = z.strictObject({
  app: z.strictObject(
    shapeOf<AppPoolCounts>({
      active: count,
      idle: count,
      total: count,
      waiting: count,
      longestWaitMs: amount,
      max: count,
      acquire: z.strictObject({ count, meanMs: amount, maxMs: amount }),
    }),
  ),
  pgbouncer: reading(
    shapeOf<PoolerCounts>({
      ...poolerUse,
      totals: z.strictObject({
        queries: amount,
        transactions: amount,
        queryMs: amount,
        transactionMs: amount,
        waitMs: amount,
        clientParses: amount,
        serverParses: amount,
        binds: amount,
        receivedBytes: amount,
        sentBytes: amount,
      }),
      drift: z.array(
        z.strictObject({
          key: z.string(),
          planned: z.string(),
          shown: z.string().nullable(),
          process: count.optional(),
        }),
      ),
      processes: z
        .strictObject({
          all: count,
          each: z.array(z.strictObject(shapeOf<ProcessUse>({ process: count, ...poolerUse }))),
          silent: z.array(z.strictObject({ process: count, host: z.string() })),
        })
        .optional(),
    }),
  ),
  postgres: reading(
    shapeOf<PostgresCounts>({
      connections: z.strictObject({
        active: count,
        idle: count,
        idleInTransaction: count,
        other: count,
        total: count,
        ofApp: count,
        ofOthers: count,
      }),
      maxConnections: count,
      reservedConnections: count,
      superuserReservedConnections: count,
      available: count,
      longestTransactionMs: amount,
      lockWaits: count,
    }),
  ),
  redis: reading(
    shapeOf<RedisCounts>({
      status: z.string(),
      connectedClients: count,
      totalConnections: count,
      totalCommands: count,
      opsPerSecond: amount,
      usedMemoryBytes: count,
      maxMemoryBytes: count,
      evictedKeys: count,
      keyspaceHits: count,
      keyspaceMisses: count,
      uptimeSeconds: count,
    }),
  ),
});

export const verdictSchema: z.ZodType<Verdict> = z.strictObject({
  state: z.enum(VERDICT_STATES),
  layer: layerName.nullable(),
  summary: z.string().min(1),
  evidence: z.array(
    z.strictObject({
      what: z.string(),
      value: z.number(),
      limit: z.number().nullable(),
      unit: z.enum(EVIDENCE_UNITS),
    }),
  ),
  remedy: z.string().min(1).nullable(),
  change: z
    .strictObject({
      setting: z.enum(RAISABLE_SETTINGS),
      from: count,
      to: count,
    })
    .nullable(),
});

export const alertSchema: z.ZodType<Alert> = z.strictObject({
  kind: z.enum(ALERT_KINDS),
  layer: layerName,
  severity: z.enum(SEVERITIES),
  since: time,
  message: z.string().min(1),
  remedy: z.string().min(1),
});

export const sampleSchema: z.ZodType<Sample> = z.strictObject({
  atMs: count,
  verdict: z.enum(VERDICT_STATES),
  app: z.strictObject({ active: count, waiting: count, max: count, acquireMaxMs: amount }),
  pgbouncer: z
    .strictObject({
      clients: count,
      clientsMax: count,
      waiting: count,
      maxWaitMs: amount,
      serversActive: count,
      servers: count,
      serversMax: count,
      queriesPerSecond: amount.nullable(),
      averageQueryMs: amount.nullable(),
      averageWaitMs: amount.nullable(),
      serverParsesPerQuery: amount.nullable(),
    })
    .nullable(),
  postgres: z
    .strictObject({
      active: count,
      total: count,
      available: count,
      longestTransactionMs: amount,
      lockWaits: count,
    })
    .nullable(),
  redis: z
    .strictObject({ opsPerSecond: amount, usedMemoryBytes: count, connectedClients: count })
    .nullable(),
});
