import { expect, test } from '@jest/globals';
import { compareHops, findVanishingHops, isChanged } from './budget-comparison.ts';
import type { ConnectionBudget } from '../plan/connection-budget.ts';
import type { Hop, Term } from '../plan/hop.ts';

const term = (label: string, count: number): Term => ({ label, count });
const servers = (uses: readonly Term[], limit = 87): Hop => ({
  name: 'server connections',
  path: 'PgBouncer -> Postgres',
  uses,
  used: uses.reduce((sum, { count }) => sum + count, 0),
  limits: [term('offered', limit)],
  limit,
});
const budget = (...hops: readonly Hop[]): ConnectionBudget => ({ instances: 1, bouncers: 1, hops });
const compare = (after: Hop, before: Hop) => compareHops(budget(after), budget(before))[0];

test('terms of a hop are compared by their place, since their labels hold settings', () => {
  const hop = compare(
    servers([term('1 x 35', 35), term('migrate', 2)]),
    servers([term('1 x 30', 30), term('migrate', 2)]),
  );
  expect(hop).toMatchObject({ state: 'changed', before: { used: 32, limit: 87 }, used: 37 });
  expect(hop?.uses.map((use) => [use.before?.count, use.count, isChanged(use)])).toEqual([
    [30, 35, true],
    [2, 2, false],
  ]);
});

test('a term that another version has added is new, and the others keep theirs', () => {
  const hop = compare(
    servers([term('backup', 1), term('migrate', 2)]),
    servers([term('migrate', 2)]),
  );
  expect(hop?.uses.map((use) => [use.label, use.before?.count])).toEqual([
    ['backup', undefined],
    ['migrate', 2],
  ]);
  expect(hop?.state).toBe('changed');
});

test('a term that is gone is a change, too', () => {
  expect(
    compare(servers([term('migrate', 2)]), servers([term('backup', 0), term('migrate', 2)]))?.state,
  ).toBe('changed');
});

test('another split of the same sum is a change; the same split is none', () => {
  expect(compare(servers([term('5 + 3', 8)]), servers([term('6 + 2', 8)]))?.state).toBe('changed');
  expect(compare(servers([term('5 + 3', 8)]), servers([term('5 + 3', 8)]))?.state).toBe('same');
});

test('a changed limit changes its hop', () => {
  expect(compare(servers([term('migrate', 2)], 187), servers([term('migrate', 2)]))).toMatchObject({
    state: 'changed',
    percent: 1,
    before: { limit: 87 },
  });
});

test('a hop appears, and another vanishes', () => {
  const direct: Hop = { ...servers([term('app', 5)]), name: 'direct connections' };
  const pooled = servers([term('app', 5)]);
  expect(
    compareHops(budget(direct), budget(pooled)).map(({ name, state }) => [name, state]),
  ).toEqual([['direct connections', 'appears']]);
  expect(findVanishingHops(budget(direct), budget(pooled))).toEqual([pooled]);
});

test('compared with nothing, a hop says nothing of before', () => {
  const [hop] = compareHops(budget(servers([term('migrate', 2)])), 'not compared');
  expect(hop?.state).toBeUndefined();
  expect(hop?.uses).toEqual([term('migrate', 2)]);
});
