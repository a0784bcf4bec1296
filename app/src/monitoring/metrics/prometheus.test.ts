import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layers } from '../readings/readings.ts';
import { idle, plan, poolerDown, poolerSaturated } from '../testing/observations.ts';
import { createMetrics, VERSION } from './prometheus.ts';
import { parseExposition } from './testing/exposition.ts';
import { monitoringOf, observationOf } from './testing/observation-of.ts';

const create = () => createMetrics({ version: '1.2.3', environment: 'test' });

async function scrape(layers: Layers): Promise<ReadonlyMap<string, number>> {
  return parseExposition((await create().render(monitoringOf(layers))).text);
}

const seriesOf = (metrics: ReadonlyMap<string, number>, prefix: string): Record<string, number> =>
  Object.fromEntries(
    [...metrics]
      .filter(([series]) => series.startsWith(prefix))
      .map(([series, value]) => [series.slice(prefix.length), value]),
  );

test('the use of each hop stands beside its limit', async () => {
  const metrics = await scrape(poolerSaturated);
  expect(seriesOf(metrics, 'spywatcher_app_client_connections')).toEqual({
    '{state="active"}': 5,
    '{state="idle"}': 0,
    _max: 5,
  });
  expect(seriesOf(metrics, 'spywatcher_pgbouncer_client_connections')).toEqual({
    '{state="active"}': 25,
    '{state="waiting"}': 31,
    '{state="other"}': 1,
    _max: 100,
  });
  expect(seriesOf(metrics, 'spywatcher_pgbouncer_server_connections')).toEqual({
    '{state="active"}': 25,
    '{state="idle"}': 0,
    '{state="used"}': 0,
    '{state="login"}': 0,
    _pool_size: 25,
    _max: 30,
  });
  expect(seriesOf(metrics, 'spywatcher_postgres_connections')).toEqual({
    '{state="active"}': 25,
    '{state="idle"}': 2,
    '{state="idle_in_transaction"}': 0,
    '{state="other"}': 0,
    '_by_owner{owner="app"}': 25,
    '_by_owner{owner="others"}': 2,
    _max: 100,
    '_reserved{for="monitoring"}': 10,
    '_reserved{for="superusers"}': 3,
    _available: 87,
  });
  expect(seriesOf(metrics, 'spywatcher_planned_connections')).toEqual({
    '{hop="client_connections"}': 8,
    '{hop="server_connections"}': 36,
    '_limit{hop="client_connections"}': 100,
    '_limit{hop="server_connections"}': 87,
  });
});

test('times are seconds, and totals are counters that end in _total', async () => {
  const { text } = await create().render(monitoringOf(poolerSaturated));
  const metrics = parseExposition(text);
  expect(metrics.get('spywatcher_app_longest_wait_seconds')).toBe(0.85);
  expect(metrics.get('spywatcher_pgbouncer_longest_wait_seconds')).toBe(0.24);
  expect(metrics.get('spywatcher_pgbouncer_query_seconds_total')).toBe(12);
  expect(metrics.get('spywatcher_pgbouncer_queries_total')).toBe(10_000);
  expect(metrics.get('spywatcher_pgbouncer_sent_bytes_total')).toBe(4_000_000);
  expect(metrics.get('spywatcher_query_wait_timeout_seconds')).toBe(
    plan.queryWaitTimeoutMs / 1_000,
  );
  const kinds = [...text.matchAll(/^# TYPE (spywatcher_\S+) (\S+)$/gm)];
  expect(kinds.length).toBeGreaterThan(40);
  for (const [, name = '', kind] of kinds)
    expect({ name, isCounter: kind === 'counter' }).toEqual({
      name,
      isCounter: name.endsWith('_total'),
    });
});

test('a layer that goes down loses its numbers; all others keep theirs', async () => {
  const metrics = create();
  const before = parseExposition((await metrics.render(monitoringOf(idle))).text);
  const after = parseExposition((await metrics.render(monitoringOf(poolerDown))).text);
  expect(Object.keys(seriesOf(before, 'spywatcher_pgbouncer_'))).toHaveLength(24);
  expect(seriesOf(after, 'spywatcher_pgbouncer_')).toEqual({});
  expect(seriesOf(after, 'spywatcher_layer_up')).toEqual({
    '{layer="pgbouncer"}': 0,
    '{layer="postgres"}': 1,
    '{layer="redis"}': 1,
  });
  expect(seriesOf(after, 'spywatcher_postgres_')).toEqual(seriesOf(before, 'spywatcher_postgres_'));
});

test('an environment without a pooler has no metric of one', async () => {
  const metrics = await scrape({ ...idle, pgbouncer: { state: 'off' } });
  expect(
    [...metrics.keys()].filter(
      (series) => series.includes('pgbouncer') && !series.startsWith('spywatcher_verdict_layer'),
    ),
  ).toEqual([]);
});

test('Redis without a memory limit has none, rather than one of 0', async () => {
  expect((await scrape(idle)).get('spywatcher_redis_memory_max_bytes')).toBe(134_217_728);
  const unlimited = idle.redis.state === 'up' ? { ...idle.redis, maxMemoryBytes: 0 } : idle.redis;
  expect(seriesOf(await scrape({ ...idle, redis: unlimited }), 'spywatcher_redis_memory')).toEqual({
    _used_bytes: 2_621_440,
  });
});

test('the verdict is 1 for its state and layer; alerts are counted by severity', async () => {
  const metrics = await scrape(poolerSaturated);
  expect(seriesOf(metrics, 'spywatcher_verdict')).toEqual({
    '{state="ok"}': 0,
    '{state="saturated"}': 1,
    '{state="down"}': 0,
    '_layer{layer="app"}': 0,
    '_layer{layer="pgbouncer"}': 1,
    '_layer{layer="postgres"}': 0,
    '_layer{layer="redis"}': 0,
  });
  expect(seriesOf(metrics, 'spywatcher_alerts')).toEqual({
    '{severity="warning"}': 1,
    '{severity="critical"}': 1,
  });
});

test('one scrape is one observation, and counters do not add up over scrapes', async () => {
  const metrics = create();
  let observed = 0;
  const monitoring = {
    observe: () => {
      observed += 1;
      return Promise.resolve(observationOf(idle));
    },
  };
  await metrics.render(monitoring);
  const { text, contentType } = await metrics.render(monitoring);
  expect(observed).toBe(2);
  expect(parseExposition(text).get('spywatcher_pgbouncer_queries_total')).toBe(10_000);
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
});

test("version, time to get a client connection and Node's own metrics are there", async () => {
  const metrics = create();
  metrics.observeAcquire(0.02);
  metrics.observeAcquire(0.5);
  const series = parseExposition((await metrics.render(monitoringOf(idle))).text);
  expect(series.get('spywatcher_build_info{version="1.2.3",environment="test"}')).toBe(1);
  expect(seriesOf(series, 'spywatcher_app_acquire_duration_seconds')).toMatchObject({
    _count: 2,
    _sum: 0.52,
    '_bucket{le="0.01"}': 0,
    '_bucket{le="0.05"}': 1,
    '_bucket{le="0.5"}': 2,
  });
  expect(series.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  expect(series.get('spywatcher_event_loop_active_seconds_total')).toBeGreaterThan(0);
  expect([...series.keys()]).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('the version is the one in package.json', () => {
  const manifest = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8'),
  ) as { readonly version: string };
  expect(VERSION).toBe(manifest.version);
});
