import { expect, test } from '@jest/globals';
import { createSampleBook } from './history.ts';
import type { Observation } from './observation.ts';
import type { Layers, PoolerTotals } from '../readings/readings.ts';
import { idle, plan, poolerDown } from '../testing/observations.ts';
import { diagnose } from '../diagnosis/diagnose.ts';

function observed(
  atMs: number,
  layers: Layers = idle,
  totals: Partial<PoolerTotals> = {},
): Observation {
  const { pgbouncer } = layers;
  const moved: Layers =
    pgbouncer.state === 'up'
      ? { ...layers, pgbouncer: { ...pgbouncer, totals: { ...pgbouncer.totals, ...totals } } }
      : layers;
  return {
    at: new Date(atMs).toISOString(),
    plan,
    layers: moved,
    verdict: diagnose(layers, plan),
    alerts: [],
    isShuttingDown: false,
  };
}

test('rates are taken between two samples: queries a second, and each query by its mean', () => {
  const book = createSampleBook(5);
  expect(
    book.add(observed(0, idle, { queries: 1_000, queryMs: 100, waitMs: 10, serverParses: 7 }))
      .pgbouncer,
  ).toMatchObject({ queriesPerSecond: null, averageQueryMs: null });
  expect(
    book.add(
      observed(5_000, idle, { queries: 2_000, queryMs: 2_100, waitMs: 510, serverParses: 8 }),
    ).pgbouncer,
  ).toMatchObject({
    queriesPerSecond: 200,
    averageQueryMs: 2,
    averageWaitMs: 0.5,
    serverParsesPerQuery: 0.001,
  });
});

test('there is no rate without queries, after a restart or after an outage', () => {
  const book = createSampleBook(5);
  book.add(observed(0, idle, { queries: 500 }));
  expect(book.add(observed(5_000, idle, { queries: 500 })).pgbouncer).toMatchObject({
    queriesPerSecond: 0,
    averageQueryMs: null,
  });
  expect(book.add(observed(10_000, idle, { queries: 3 })).pgbouncer?.queriesPerSecond).toBeNull();
  expect(book.add(observed(15_000, poolerDown)).pgbouncer).toBeNull();
  expect(book.add(observed(20_000, idle, { queries: 100 })).pgbouncer?.queriesPerSecond).toBeNull();
});

test('a restart of PgBouncer is noticed by any total that shrank', () => {
  const book = createSampleBook(5);
  book.add(observed(0, idle, { queries: 100, queryMs: 9_000 }));
  expect(book.add(observed(5_000, idle, { queries: 900, queryMs: 800 })).pgbouncer).toMatchObject({
    queriesPerSecond: null,
    averageQueryMs: null,
  });
});

test('the oldest sample goes when the hour is full', () => {
  const book = createSampleBook(600);
  for (let index = 0; index < 8; index += 1) book.add(observed(index * 600_000));
  expect(book.samples.map(({ atMs }) => atMs / 600_000)).toEqual([2, 3, 4, 5, 6, 7]);
});
