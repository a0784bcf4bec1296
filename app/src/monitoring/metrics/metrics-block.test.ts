import { expect, test } from '@jest/globals';
import { renderPrettyLine } from '../../log/pretty-log.ts';
import type { Layers } from '../readings/readings.ts';
import { idle } from '../testing/observations.ts';
import { metricsBlocks } from './metrics-block.ts';
import { METRICS_KEY, toMetricsEntry } from './metrics-entry.ts';
import { observationOf } from './testing/observation-of.ts';

const blockOf = (layers: Layers): string =>
  renderPrettyLine(
    JSON.stringify({
      level: 'info',
      time: '2026-01-02T03:04:05.678Z',
      environment: 'dev',
      msg: 'connection metrics',
      [METRICS_KEY]: toMetricsEntry(observationOf(layers)),
    }),
    metricsBlocks,
  );

const up = { state: 'up', tookMs: 12 } as const;

test('metrics are a block of their own, without time and level before it', () => {
  const { pgbouncer, postgres, redis } = idle;
  if (pgbouncer.state !== 'up' || postgres.state !== 'up' || redis.state !== 'up')
    throw new Error('the idle fixture is not up');
  const connections = { ...postgres.connections, active: 3, idle: 2, total: 5 };
  expect(blockOf({ ...idle, postgres: { ...postgres, ...up, connections } }))
    .toBe(`=== Connection Pool Metrics ===
Timestamp: 2025-01-15T10:30:00Z
Overall Health: ✅ HEALTHY

--- Database ---
Health: ✅
Response Time: 12ms
Connection Pool:
  Active: 3
  Idle: 2
  Total: 5
  Max: 100
  Utilization: 5.00%
  PgBouncer: Yes

--- Redis ---
Available: ✅
Connected: ✅
Status: ready
Metrics:
  Total Connections: 125
  Total Commands: 45678
  Ops/sec: 23
  Memory Used: 2.5MB
==============================
`);
});

test('the block says what does not answer, and that there is no PgBouncer', () => {
  const down = { state: 'down', since: '2025-01-15T10:29:00.000Z', tookMs: 1_000 } as const;
  expect(
    blockOf({
      ...idle,
      pgbouncer: { state: 'off' },
      postgres: { ...down, reason: 'timeout' },
      redis: { ...down, reason: 'unreachable' },
    }),
  ).toBe(`=== Connection Pool Metrics ===
Timestamp: 2025-01-15T10:30:00Z
Overall Health: ❌ UNHEALTHY

--- Database ---
Health: ❌
Response Time: 1000ms
Connection Pool:
  Active: 0
  Idle: 0
  Total: 0
  Max: 100
  Utilization: 0.00%
  PgBouncer: No

--- Redis ---
Available: ❌
Connected: ❌
Status: down
==============================
`);
});
