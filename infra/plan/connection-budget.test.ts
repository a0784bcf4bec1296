import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planConnections } from './connection-budget.ts';
import type { ConnectionDemand, PoolerDemand, ProcessCount } from './connection-demand.ts';
import { sum } from './hop.ts';

const alone: ProcessCount = { replicas: 1, surge: 0, leaving: 0 };
const pooler: PoolerDemand = {
  placement: alone,
  poolSize: 25,
  reservePoolSize: 5,
  maxClientConn: 100,
  processes: 1,
  peers: 0,
};
const dev: ConnectionDemand = {
  instances: alone,
  poolMax: 5,
  pooler,
  postgres: { maxConnections: 100, reservedConnections: 10 },
};
const onOneMachine = (
  processes: number,
): Pick<PoolerDemand, 'placement' | 'processes' | 'peers'> => ({
  placement: { ...alone, replicas: processes },
  processes,
  peers: processes - 1,
});
const four: ProcessCount = { replicas: 4, surge: 1, leaving: 4 };
/** A setting and the number that a remedy offers for it. */
const OFFERED = /((?:app|pooler|postgres)\.\w+) to (\d+)/g;
const usedAndLimits = (demand: ConnectionDemand) =>
  planConnections(demand).budget.hops.map(({ used, limit }) => [used, limit]);

describe('worked examples', () => {
  test('one app of 5 behind one bouncer of 25 + 5: 8 clients of 100, 36 servers of 87', () => {
    // 1 x 5 + 1 monitoring + 2 admin; 1 x 30 + 2 migrate + 1 monitoring + 3 direct; 100 - 10 - 3
    expect(usedAndLimits(dev)).toEqual([
      [8, 100],
      [36, 87],
    ]);
  });

  test(
    'a sidecar in each of 4 + 1 + 4 app instances multiplies the pools and not the clients of ' +
      'each bouncer',
    () => {
      const demand: ConnectionDemand = {
        ...dev,
        instances: four,
        pooler: { ...pooler, placement: 'sidecar', poolSize: 4, reservePoolSize: 1 },
      };
      expect(planConnections(demand).budget).toMatchObject({ instances: 9, bouncers: 9 });
      expect(usedAndLimits(demand)).toEqual([
        [8, 100],
        [9 * 5 + 2 + 9 + 3, 87],
      ]);
    },
  );

  test(
    'a shared tier of 2 + 1 + 2 bouncers: any one may get the clients of all instances, and ' +
      'all of them have pools',
    () => {
      const demand: ConnectionDemand = {
        ...dev,
        instances: four,
        pooler: { ...pooler, placement: { replicas: 2, surge: 1, leaving: 2 }, poolSize: 9 },
      };
      expect(usedAndLimits(demand)).toEqual([
        [9 * 5 + 9 + 2, 100],
        [5 * 14 + 2 + 9 + 3, 87],
      ]);
    },
  );

  test('three processes on one machine: three pools, and any one may get all the clients', () => {
    expect(
      usedAndLimits({ ...dev, pooler: { ...pooler, ...onOneMachine(3), poolSize: 20 } }),
    ).toEqual([
      [8, 100],
      [3 * 25 + 2 + 1 + 3, 87],
    ]);
  });

  test('without a pooler the app counts straight against Postgres', () => {
    expect(usedAndLimits({ ...dev, pooler: 'off' })).toEqual([[5 + 2 + 1 + 3, 87]]);
  });
});

describe('refusals', () => {
  test('too many processes: a smaller pool, a larger Postgres, or fewer of them', () => {
    const [fault] = planConnections({
      ...dev,
      pooler: { ...pooler, ...onOneMachine(3) },
    }).faults;
    expect(fault).toMatchObject({
      key: 'pooler.poolSize',
      got:
        '3 bouncers x 30 server connections (25 pool + 5 reserve) + 2 migrate + 1 monitoring + ' +
        '3 direct = 96, but Postgres offers 87 (100 - 13 reserved)',
      remedy:
        'Lower pooler.poolSize to 22, or raise postgres.maxConnections to 109. ' +
        'Or lower pooler.processes to 2.',
    });
  });

  test('cancel requests that processes pass on to each other are sockets of each', () => {
    const crowded = { ...pooler, ...onOneMachine(4), poolSize: 1_000, maxClientConn: 10_000 };
    const roomy = { maxConnections: 10_000, reservedConnections: 0 };
    const faults = (maxClientConn: number) =>
      planConnections({ ...dev, pooler: { ...crowded, maxClientConn }, postgres: roomy }).faults;
    // 16 384 - 1 000 pool - 5 reserve - 2 x 3 peers x 1 000 - 32 of its own
    expect(faults(9_347)).toEqual([]);
    expect(faults(9_348)).toMatchObject([
      { key: 'pooler.maxClientConn', got: expect.stringContaining('16385 file descriptors') },
    ]);
  });

  test(
    'too many servers: both sides with their terms, two numbers that fit, and the other ' +
      'placement',
    () => {
      const demand: ConnectionDemand = {
        ...dev,
        instances: { replicas: 3, surge: 2, leaving: 3 },
        pooler: { ...pooler, placement: 'sidecar', poolSize: 10 },
      };
      const [fault] = planConnections(demand).faults;
      expect(fault?.got).toBe(
        '8 bouncers (3 replicas + 2 surge + 3 leaving) x 15 server connections ' +
          '(10 pool + 5 reserve) + 2 migrate + 8 monitoring + 3 direct = 133, ' +
          'but Postgres offers 87 (100 - 13 reserved)',
      );
      expect(fault?.remedy).toBe(
        'Lower pooler.poolSize to 4, or raise postgres.maxConnections to 146. Or set ' +
          'pooler.placement to shared, so that the pools do not multiply with the app instances.',
      );
    },
  );

  test('too many clients: names app.poolMax and pooler.maxClientConn with numbers that fit', () => {
    const [fault] = planConnections({ ...dev, poolMax: 200 }).faults;
    expect(fault).toMatchObject({
      key: 'app.poolMax',
      remedy: 'Lower app.poolMax to 97, or raise pooler.maxClientConn to 203.',
    });
  });

  test('where no lower value could fit, only raising is offered', () => {
    const [fault] = planConnections({
      ...dev,
      instances: { ...alone, replicas: 60 },
      pooler: { ...pooler, placement: 'sidecar' },
    }).faults;
    expect(fault?.remedy).toMatch(
      /^Raise postgres\.maxConnections to \d+\. Or set pooler\.placement to shared/,
    );
  });
});

const counts = (max: number) => fc.integer({ min: 1, max });
const crowd = (max: number): fc.Arbitrary<ProcessCount> =>
  fc.record({
    replicas: counts(max),
    surge: fc.integer({ min: 0, max: 5 }),
    leaving: fc.integer({ min: 0, max }),
  });
function tierOf(
  kind: string,
  processes: number,
): Pick<PoolerDemand, 'placement' | 'processes' | 'peers'> {
  if (kind === 'docker') return onOneMachine(processes);
  const replicas = processes + 1;
  return kind === 'sidecar'
    ? { placement: 'sidecar', processes: 1, peers: 0 }
    : { placement: { replicas, surge: 1, leaving: replicas }, processes, peers: 0 };
}
const arbitraryDemand: fc.Arbitrary<ConnectionDemand> = fc.record({
  instances: crowd(20),
  poolMax: counts(50),
  pooler: fc.oneof(
    fc.constant('off' as const),
    fc
      .record({
        kind: fc.constantFrom('sidecar', 'docker', 'kubernetes'),
        processes: counts(5),
        poolSize: counts(60),
        reservePoolSize: fc.integer({ min: 0, max: 20 }),
        maxClientConn: counts(2_000),
      })
      .map(({ kind, processes, ...sizes }) => ({ ...sizes, ...tierOf(kind, processes) })),
  ),
  postgres: fc.record({
    maxConnections: fc.integer({ min: 20, max: 1_000 }),
    reservedConnections: fc.integer({ min: 0, max: 20 }),
  }),
});

describe('for every demand', () => {
  test('use and limit are the sums of their terms, and without faults every hop fits', () => {
    fc.assert(
      fc.property(arbitraryDemand, (demand) => {
        const { budget, faults } = planConnections(demand);
        for (const hop of budget.hops) {
          expect(hop.used).toBe(sum(hop.uses));
          expect(hop.limit).toBe(sum(hop.limits));
        }
        expect(faults.length).toBe(budget.hops.filter(({ used, limit }) => used > limit).length);
      }),
    );
  });

  test('following either number of a refusal makes that refusal go away', () => {
    fc.assert(
      fc.property(arbitraryDemand, (demand) => {
        for (const { key, remedy } of planConnections(demand).faults) {
          for (const [, setting, value] of remedy.matchAll(OFFERED)) {
            const mended = withSetting(demand, setting ?? '', Number(value));
            expect(planConnections(mended).faults.map((fault) => fault.key)).not.toContain(key);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function withSetting(demand: ConnectionDemand, setting: string, value: number): ConnectionDemand {
  const [group, key] = setting.split('.') as [string, string];
  if (group === 'app') return { ...demand, [key]: value };
  if (key === 'processes' && demand.pooler !== 'off') {
    const { placement } = demand.pooler;
    const kind = placement !== 'sidecar' && placement.leaving > 0 ? 'kubernetes' : 'docker';
    return { ...demand, pooler: { ...demand.pooler, ...tierOf(kind, value) } };
  }
  const part = group === 'postgres' ? demand.postgres : demand.pooler;
  return { ...demand, [group]: { ...(part as object), [key]: value } };
}
