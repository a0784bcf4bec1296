import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planTimeouts, type TimeoutDemand } from './timeouts.ts';

const standard: TimeoutDemand = {
  queryWaitTimeoutSeconds: 5,
  requestTimeoutSeconds: 15,
  drainSeconds: 20,
  preStopSeconds: 0,
  sidecar: false,
};

test(
  'the standard numbers give the chain 0.1 < 3 < 5 < 8 < 10 < 15 < 60 s, with 12 s for idle ' +
    'transactions',
  () => {
    const { wait } = planTimeouts(standard).timeouts;
    expect(wait).toEqual({
      redisCommandMs: 100,
      acquireMs: 3_000,
      queryWaitMs: 5_000,
      statementMs: 8_000,
      transactionMs: 10_000,
      idleInTransactionMs: 12_000,
      requestMs: 15_000,
      balancerMs: 60_000,
      keepAliveMs: 75_000,
    });
  },
);

test('a pod with a sidecar gets time for preStop and for the sidecar: 5 + 20 + 3 + 5 + 2 s', () => {
  expect(
    planTimeouts({ ...standard, preStopSeconds: 5, sidecar: true }).timeouts.drain.appGraceSeconds,
  ).toBe(35);
});

describe('refusals name both numbers and a way out', () => {
  test('a query_wait_timeout that does not end before the request', () => {
    const { faults } = planTimeouts({ ...standard, queryWaitTimeoutSeconds: 15 });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({
      key: 'pooler.queryWaitTimeoutSeconds',
      got: '15 s, but a request ends after 15 s (app.requestTimeoutSeconds)',
      remedy:
        'Lower pooler.queryWaitTimeoutSeconds to 5, or raise app.requestTimeoutSeconds to 45.',
    });
  });

  test(
    'no longer request is offered than a balancer waits for, and a drain that follows from it ' +
      'is not blamed',
    () => {
      const { faults } = planTimeouts({ ...standard, queryWaitTimeoutSeconds: 120 });
      expect(faults.map(({ key, remedy }) => [key, remedy])).toEqual([
        ['pooler.queryWaitTimeoutSeconds', 'Lower pooler.queryWaitTimeoutSeconds to 5.'],
      ]);
    },
  );

  test('a drain that is shorter than a request', () => {
    const { faults } = planTimeouts({ ...standard, drainSeconds: 10 });
    expect(faults[0]?.remedy).toBe(
      'Raise app.drainSeconds to 15, or lower app.requestTimeoutSeconds to 10.',
    );
  });

  test('a request that outlives the balancer', () => {
    const { faults } = planTimeouts({ ...standard, requestTimeoutSeconds: 60, drainSeconds: 90 });
    expect(faults.map(({ key }) => key)).toEqual(['app.requestTimeoutSeconds']);
  });
});

const seconds = (max: number) => fc.integer({ min: 3, max });
const demands: fc.Arbitrary<TimeoutDemand> = fc.record({
  queryWaitTimeoutSeconds: seconds(100),
  requestTimeoutSeconds: seconds(100),
  drainSeconds: seconds(200),
  preStopSeconds: fc.integer({ min: 0, max: 30 }),
  sidecar: fc.boolean(),
});

test('following either number of a refusal makes that refusal go away', () => {
  fc.assert(
    fc.property(demands, (demand) => {
      for (const { key, remedy } of planTimeouts(demand).faults) {
        for (const [, setting, value] of remedy.matchAll(/(?:app|pooler)\.(\w+) to (\d+)/g)) {
          const mended = planTimeouts({ ...demand, [setting ?? '']: Number(value) });
          expect(mended.faults.map((fault) => fault.key)).not.toContain(key);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('every accepted set nests strictly, and every grace holds what it is made of', () => {
  fc.assert(
    fc.property(demands, (demand) => {
      const { timeouts, faults } = planTimeouts(demand);
      fc.pre(faults.length === 0);
      const { wait, drain } = timeouts;
      const chain = [
        wait.redisCommandMs,
        wait.acquireMs,
        wait.queryWaitMs,
        wait.statementMs,
        wait.transactionMs,
        wait.requestMs,
        wait.balancerMs,
        wait.keepAliveMs,
      ];
      for (const [index, ms] of chain.entries()) expect(ms).toBeGreaterThan(chain[index - 1] ?? 0);
      expect(wait.idleInTransactionMs).toBeGreaterThan(wait.transactionMs);
      expect(wait.idleInTransactionMs).toBeLessThanOrEqual(drain.drainSeconds * 1_000);
      expect(drain.drainSeconds).toBeGreaterThanOrEqual(demand.requestTimeoutSeconds);
      expect(drain.appGraceSeconds).toBeGreaterThanOrEqual(
        demand.preStopSeconds + demand.drainSeconds + (demand.sidecar ? 5 : 0),
      );
      expect(drain.poolerGraceSeconds * 1_000).toBeGreaterThanOrEqual(
        drain.clientLifetimeSeconds * 1_000 + wait.transactionMs,
      );
    }),
    { numRuns: 500 },
  );
});
