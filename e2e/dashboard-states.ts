import { measureAlerts } from '../app/src/monitoring/diagnosis/alert-measures.ts';
import { createAlertBook } from '../app/src/monitoring/diagnosis/alerts.ts';
import { toStateBody } from '../app/src/monitoring/bodies/bodies.ts';
import type { Sample } from '../app/src/monitoring/observing/history.ts';
import type { Layers } from '../app/src/monitoring/readings/readings.ts';
import type { SlowQueries } from '../app/src/monitoring/readings/slow-queries.ts';
import {
  idle,
  plan as standardPlan,
  poolerSaturated,
  postgresDown,
} from '../app/src/monitoring/testing/observations.ts';
import { diagnose } from '../app/src/monitoring/diagnosis/diagnose.ts';

/**
 * All that the dashboard asks for, as it would be answered in one state; the same every time, so
 * that pictures can be compared.
 */
export interface CannedState {
  readonly state: ReturnType<typeof toStateBody>;
  readonly samples: readonly Sample[];
  readonly slowQueries:
    SlowQueries | { readonly error: { readonly code: string; readonly message: string } };
}

export const NOW_MS = Date.UTC(2026, 10, 25, 3, 12, 40);
const EVERY_SECONDS = 5;
const SAMPLES = 720;
/** So long ago it began to go wrong. */
const TROUBLE_MS = 4 * 60_000;

export const CANNED_STATES = {
  idle: canState(idle, 'ok'),
  saturated: canState(poolerSaturated, 'saturated'),
  'database-down': canState(
    {
      ...postgresDown,
      postgres: {
        ...postgresDown.postgres,
        since: new Date(NOW_MS - 45_000).toISOString(),
      } as Layers['postgres'],
    },
    'down',
  ),
} as const;

/** A declaration, since the states above are made while this module is loaded. */
function momentOf(atMs: number): { readonly at: string; readonly elapsedMs: number } {
  return { at: new Date(atMs).toISOString(), elapsedMs: atMs };
}

/**
 * What is answered while the layers say this; `verdict` is what the last minutes of the history
 * say.
 */
export function canState(
  layers: Layers,
  verdict: Sample['verdict'],
  plan = standardPlan,
): CannedState {
  const alertBook = createAlertBook();
  const measures = measureAlerts(layers, plan, diagnose(layers, plan));
  alertBook.update(measures, momentOf(NOW_MS - (verdict === 'down' ? 45_000 : TROUBLE_MS)));
  const alerts = alertBook.update(measures, momentOf(NOW_MS));
  return {
    state: toStateBody({
      at: new Date(NOW_MS).toISOString(),
      plan,
      layers,
      verdict: diagnose(layers, plan),
      alerts,
      isShuttingDown: false,
    }),
    samples: Array.from({ length: SAMPLES }, (_, index) =>
      sampleAt(NOW_MS - (SAMPLES - 1 - index) * EVERY_SECONDS * 1_000, verdict),
    ),
    slowQueries:
      verdict === 'down'
        ? { error: { code: 'statistics_unavailable', message: 'The database does not answer.' } }
        : {
            since: new Date(NOW_MS - 5 * 3_600_000).toISOString(),
            queries: [
              {
                query: 'SELECT pg_sleep($1)',
                calls: 12,
                totalMs: 24_060,
                meanMs: 2_005,
                maxMs: 2_011,
                rows: 12,
              },
              {
                query:
                  'SELECT "public"."presence_event"."id", "public"."presence_event"."user_id", ' +
                  '"public"."presence_event"."status" FROM "public"."presence_event" WHERE ' +
                  '"public"."presence_event"."user_id" = $1 ORDER BY "at" DESC LIMIT $2',
                calls: 18_204,
                totalMs: 64_300,
                meanMs: 3.53,
                maxMs: 1_840,
                rows: 91_020,
              },
              {
                query:
                  'INSERT INTO "public"."presence_event" ("user_id","guild_id","status","at") ' +
                  'VALUES ($1,$2,$3,$4) RETURNING "public"."presence_event"."id"',
                calls: 9_411,
                totalMs: 11_293,
                meanMs: 1.2,
                maxMs: 48,
                rows: 9_411,
              },
            ],
          },
  };
}

/** Waves that look like a small service by night, then the trouble. */
function sampleAt(atMs: number, end: Sample['verdict']): Sample {
  const agoMs = NOW_MS - atMs;
  const wave = (periodSeconds: number, phase = 0): number =>
    0.5 + 0.5 * Math.sin((atMs / 1_000 / periodSeconds) * 2 * Math.PI + phase);
  const grain = (salt: number): number =>
    Math.abs(Math.sin((atMs / 1_000) * 12.9898 + salt) * 43_758.5453) % 1;
  const load = 0.3 + 0.4 * wave(1_900) + 0.15 * wave(137) + 0.15 * grain(1);
  const isTrouble = end !== 'ok' && agoMs < TROUBLE_MS;
  const isDown = end === 'down' && agoMs < 45_000;
  const busy = isTrouble ? 25 : Math.round(load * 5);
  const troubled = <T>({ down, trouble, well }: { down: T; trouble: T; well: T }): T => {
    if (isDown) return down;
    return isTrouble ? trouble : well;
  };
  return {
    atMs,
    verdict: troubled<Sample['verdict']>({ down: 'down', trouble: 'saturated', well: 'ok' }),
    app: {
      active: isTrouble ? 5 : Math.round(load * 2.4),
      waiting: isTrouble ? Math.round(8 + 6 * grain(2)) : 0,
      max: 5,
      acquireMaxMs: isTrouble ? 700 + 300 * grain(3) : 0.4 + 0.3 * grain(4),
    },
    pgbouncer: {
      clients: isTrouble ? Math.round(52 + 6 * grain(5)) : Math.round(5 + load * 4),
      clientsMax: 100,
      waiting: isTrouble ? Math.round(24 + 9 * grain(6)) : 0,
      maxWaitMs: isTrouble ? Math.round(180 + 120 * grain(7)) : 0,
      serversActive: busy,
      servers: Math.max(5, busy),
      serversMax: 25,
      queriesPerSecond: troubled({ down: 0, trouble: 38 + 6 * grain(8), well: 20 + 60 * load }),
      averageQueryMs: troubled<number | null>({
        down: null,
        trouble: 480 + 90 * grain(9),
        well: 1.1 + 0.3 * wave(700) + 0.2 * grain(10),
      }),
      averageWaitMs: troubled<number | null>({
        down: null,
        trouble: 150 + 60 * grain(11),
        well: 0.1,
      }),
      serverParsesPerQuery: 0,
    },
    postgres: isDown
      ? null
      : {
          active: busy,
          total: Math.max(7, busy + 2),
          available: 87,
          longestTransactionMs: isTrouble ? 2_000 : 12,
          lockWaits: 0,
        },
    redis: {
      opsPerSecond: Math.round(15 + 50 * load),
      usedMemoryBytes: 2_400_000 + Math.round(220_000 * wave(3_000)),
      connectedClients: 2,
    },
  };
}
