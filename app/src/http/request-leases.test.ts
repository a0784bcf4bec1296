import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { createRequestLeases, type RequestLeases, type SharedCounts } from './request-leases.ts';

const WINDOW_MS = 60_000;
/** What may be missing of the limit, because instances hold it in hand. */
const MIN_SHARE = 0.97;

beforeEach(() => {
  // The start of a window.
  jest.useFakeTimers({ now: 1_000 * WINDOW_MS });
});
afterEach(() => void jest.useRealTimers());

/** Counts as Redis keeps them, which can forget, and fail to answer. */
function openCounts() {
  let parts = new Map<string, number>();
  let isReached = true;
  let asked = 0;
  const of = (name: string): SharedCounts => ({
    async add(_address, window, requests) {
      asked += 1;
      await Promise.resolve();
      if (!isReached) throw new Error('Connection is closed.');
      const key = `${window} ${name}`;
      parts.set(key, (parts.get(key) ?? 0) + requests);
      const inWindow = [...parts].filter(([each]) => each.startsWith(`${window} `));
      return {
        own: parts.get(key) ?? 0,
        total: inWindow.reduce((sum, [, count]) => sum + count, 0),
      };
    },
  });
  return {
    of,
    total: () => [...parts.values()].reduce((sum, count) => sum + count, 0),
    asked: () => asked,
    reach: (value: boolean) => (isReached = value),
    /** Keeps this share of every count, as a server does that was restarted from an old file. */
    forget: (kept: number) =>
      (parts = new Map([...parts].map(([key, count]) => [key, Math.floor(count * kept)]))),
  };
}

type Counts = ReturnType<typeof openCounts>;

function openInstances(counts: Counts, limit: number, number = 3): RequestLeases[] {
  return Array.from({ length: number }, (_, index) =>
    createRequestLeases({
      limit,
      windowMs: WINDOW_MS,
      counts: counts.of(`instance ${index}`),
      onAlone: () => undefined,
    }),
  );
}

/** Sends requests of one address and gives how many were allowed. */
async function send(leases: RequestLeases | undefined, requests: number): Promise<number> {
  let allowed = 0;
  for (let sent = 0; sent < requests; sent += 1)
    if ((await leases?.take('192.0.2.1'))?.isAllowed === true) allowed += 1;
  return allowed;
}

/** Sends each instance its share, a few requests at a time in turn, and gives how many passed. */
async function sendShares(instances: RequestLeases[], shares: number[], total: number) {
  const sum = shares.reduce((one, other) => one + other, 0);
  let allowed = 0;
  for (let part = 0; part < 100; part += 1)
    for (const [index, share] of shares.entries())
      allowed += await send(instances[index], Math.ceil((share / sum) * (total / 100)));
  return allowed;
}

const shares = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 3, maxLength: 3 });
const limits = fc.integer({ min: 1, max: 2_000 });

test('three instances together pass the limit, whatever their shares, and never more', async () => {
  await fc.assert(
    fc.asyncProperty(shares, limits, async (each, limit) => {
      const instances = openInstances(openCounts(), limit);
      const allowed = await sendShares(instances, each, 3 * limit + 300);
      expect(allowed).toBeLessThanOrEqual(limit);
      expect(allowed).toBeGreaterThanOrEqual(Math.floor(limit * MIN_SHARE));
      await Promise.all(instances.map((leases) => leases.close()));
    }),
    { numRuns: 30 },
  );
});

test.each([
  ['all', 0],
  ['half', 0.5],
])('the limit holds through a restart that forgets %s of the counts', async (_what, kept) => {
  const counts = openCounts();
  const instances = openInstances(counts, 1_000);
  const before = await sendShares(instances, [5, 3, 2], 600);
  counts.forget(kept);
  await Promise.all(instances.map((leases) => leases.restore()));
  let after = await send(instances[0], 1_500);
  after += await sendShares(instances, [2, 3, 5], 1_500);
  expect(before + after).toBeLessThanOrEqual(1_000);
  expect(before + after).toBeGreaterThanOrEqual(1_000 * MIN_SHARE);
});

test('until the others are back after a restart, what was known of them counts', async () => {
  const counts = openCounts();
  const instances = openInstances(counts, 1_000);
  const before = await sendShares(instances, [1, 1, 1], 600);
  counts.forget(0);
  await instances[0]?.restore();
  const after = await send(instances[0], 1_500);
  // Known is what they had when it asked last, one lease ago.
  expect(before + after).toBeLessThanOrEqual(1_000 * 1.02);
});

test('most requests ask nobody', async () => {
  const counts = openCounts();
  const [leases] = openInstances(counts, 10_000, 1);
  expect(await send(leases, 5_000)).toBe(5_000);
  expect(counts.asked()).toBeLessThan(5_000 * 0.025);
});

test('a small limit is exact', async () => {
  const instances = openInstances(openCounts(), 7);
  expect(await sendShares(instances, [1, 1, 1], 300)).toBe(7);
});

test('requests at one time share one question', async () => {
  const counts = openCounts();
  const [leases] = openInstances(counts, 10, 1);
  const allowed = await Promise.all(Array.from({ length: 30 }, () => send(leases, 1)));
  expect(allowed.filter((each) => each === 1)).toHaveLength(10);
  expect(counts.asked()).toBeLessThanOrEqual(5);
});

test('out of reach each instance counts alone, and adds what it let pass afterwards', async () => {
  const counts = openCounts();
  const [one, other] = openInstances(counts, 100, 2);
  counts.reach(false);
  expect(await send(one, 60)).toBe(60);
  expect(await send(other, 200)).toBe(100);
  counts.reach(true);
  jest.advanceTimersByTime(1_001);
  expect(await send(other, 1)).toBe(0);
  expect(await send(one, 200)).toBe(0);
});

test('what is in hand goes back after a second without requests, and at the end', async () => {
  const counts = openCounts();
  const [idle, closed] = openInstances(counts, 10_000, 2);
  await send(idle, 500);
  await send(closed, 500);
  expect(counts.total()).toBeGreaterThan(1_000);
  await closed?.close();
  await jest.advanceTimersByTimeAsync(2_001);
  expect(counts.total()).toBe(1_000);
  await send(idle, 10);
  await idle?.close();
  expect(counts.total()).toBe(1_010);
});

test('a window has its own count, and each answer says when it ends', async () => {
  const [leases] = openInstances(openCounts(), 5, 1);
  expect(await send(leases, 10)).toBe(5);
  expect(await leases?.take('192.0.2.1')).toEqual({
    isAllowed: false,
    used: 6,
    endsAtMs: 1_001 * WINDOW_MS,
  });
  jest.advanceTimersByTime(WINDOW_MS);
  expect(await send(leases, 10)).toBe(5);
});

test('addresses do not share a limit', async () => {
  const [leases] = openInstances(openCounts(), 1, 1);
  expect(await send(leases, 2)).toBe(1);
  expect((await leases?.take('192.0.2.2'))?.isAllowed).toBe(true);
});
