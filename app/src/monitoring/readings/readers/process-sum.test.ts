import { expect, test } from '@jest/globals';
import { idle } from '../../testing/observations.ts';
import type { PoolerCounts } from '../readings.ts';
import { createProcessSum, type ProcessReading } from './process-sum.ts';

const one = idle.pgbouncer as PoolerCounts;
const HOSTS = ['/run/pgbouncer', '/run/pgbouncer/2'];
type Settled = ProcessReading['settled'];
const readingsOf = (...settled: readonly Settled[]): readonly ProcessReading[] =>
  settled.map((one, index) => ({ host: HOSTS[index] ?? '', settled: one }));
const answering = (counts: PoolerCounts): Settled => ({
  status: 'fulfilled',
  value: counts,
});
const silent = (text: string): Settled => ({
  status: 'rejected',
  reason: new Error(text),
});
const withQueries = (queries: number): Settled =>
  answering({ ...one, totals: { ...one.totals, queries } });

test('counts and totals are added up, a wait is the longest, drift names its process', () => {
  const other: PoolerCounts = {
    ...one,
    clients: { active: 1, waiting: 2, total: 4, max: 100 },
    maxWaitMs: 70,
    drift: [{ key: 'pool_mode', planned: 'transaction', shown: 'session' }],
  };
  const sum = createProcessSum()(readingsOf(answering(one), answering(other)));
  expect(sum).toMatchObject({
    clients: {
      active: one.clients.active + 1,
      waiting: one.clients.waiting + 2,
      total: one.clients.total + 4,
      max: one.clients.max + 100,
    },
    servers: { poolSize: 2 * one.servers.poolSize, total: 2 * one.servers.total },
    maxWaitMs: 70,
    totals: { queries: 2 * one.totals.queries, waitMs: 2 * one.totals.waitMs },
    drift: [{ key: 'pool_mode', process: 2 }],
    processes: {
      all: 2,
      each: [
        { process: 1, clients: one.clients, servers: one.servers, maxWaitMs: 0 },
        { process: 2, clients: other.clients, servers: one.servers, maxWaitMs: 70 },
      ],
    },
  });
});

test('a silent one is missing among the rest; when all are silent there is no reading', () => {
  const addUp = createProcessSum();
  expect(addUp(readingsOf(silent('first'), answering(one)))).toMatchObject({
    clients: one.clients,
    processes: {
      all: 2,
      each: [{ process: 2 }],
      silent: [{ process: 1, host: '/run/pgbouncer' }],
    },
  });
  expect(() => addUp(readingsOf(silent('first'), silent('second')))).toThrow('first');
});

test('totals go on from where they were when a process is silent and when it starts again', () => {
  const addUp = createProcessSum();
  const queriesOf = (...readings: Settled[]): number =>
    addUp(readingsOf(...readings)).totals.queries;
  expect(queriesOf(withQueries(1_000), withQueries(500))).toBe(1_500);
  expect(queriesOf(silent('killed'), withQueries(600))).toBe(1_600);
  expect(queriesOf(withQueries(10), withQueries(700))).toBe(1_710);
  expect(queriesOf(withQueries(30), withQueries(700))).toBe(1_730);
});
