import { expect, test } from '@jest/globals';
import { createSampleBook } from '../observing/history.ts';
import {
  appSaturated,
  idle,
  poolerDown,
  poolerSaturated,
  postgresDown,
} from '../testing/observations.ts';
import { createRunSummary } from './run-summary.ts';
import { observationOf } from './testing/observation-of.ts';

const summaryOf = (...all: readonly (typeof idle)[]) => {
  const book = createSampleBook(5);
  const summary = createRunSummary();
  for (const layers of all) summary.add(book.add(observationOf(layers)));
  return summary.totals;
};

test('the highest use of each segment stays; samples with waiting are counted', () => {
  expect(summaryOf(idle, poolerSaturated, appSaturated, idle)).toEqual({
    samples: 4,
    highestUse: {
      appClientConnections: { used: 5, limit: 5, percent: 100 },
      pgbouncerClientConnections: { used: 57, limit: 100, percent: 57 },
      pgbouncerServerConnections: { used: 25, limit: 25, percent: 100 },
      postgresConnections: { used: 27, limit: 87, percent: 31.03 },
    },
    samplesWithWaiting: { app: 2, pgbouncer: 1 },
  });
});

test('a layer counts while it is up; one that never was up is left out', () => {
  expect(summaryOf(poolerDown, idle).highestUse['pgbouncerServerConnections']).toEqual({
    used: 2,
    limit: 25,
    percent: 8,
  });
  expect(Object.keys(summaryOf(poolerDown).highestUse)).toEqual([
    'appClientConnections',
    'postgresConnections',
  ]);
  expect(Object.keys(summaryOf(postgresDown).highestUse)).not.toContain('postgresConnections');
});
