import { afterEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { HttpError } from '../../http/http-error.ts';
import type { MonitoredClient, Row } from './readers/monitored-client.ts';
import { createSlowQueriesSearch, toSlowQueries } from './slow-queries-search.ts';
import type { SlowQueriesQuery } from './slow-queries.ts';

afterEach(() => void jest.useRealTimers());

const row = {
  query: 'SELECT $1',
  calls: '4',
  total_ms: 10,
  mean_ms: 2.5,
  max_ms: 6,
  rows: '8',
  stats_reset: new Date('2026-01-01T00:00:00Z'),
};
const query: SlowQueriesQuery = { limit: 20, minMs: 0, sort: 'mean' };

/** A search over a server that answers when the test says so. */
function openSearch() {
  const waiting: PromiseWithResolvers<readonly Row[]>[] = [];
  const client: MonitoredClient = {
    query: () => {
      const turn = Promise.withResolvers<readonly Row[]>();
      waiting.push(turn);
      return turn.promise;
    },
    cut: () => undefined,
    close: () => Promise.resolve(),
  };
  return { waiting, find: createSlowQueriesSearch(client, pino({ level: 'silent' })) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

const refusalOf = (found: Promise<unknown>) =>
  found.then(
    () => 'found',
    (error: unknown) =>
      error instanceof HttpError ? `${error.status} ${error.code} ${error.message}` : error,
  );

test('rows become statements, with the time since when the server counts', () => {
  expect(toSlowQueries([row])).toEqual({
    since: '2026-01-01T00:00:00.000Z',
    queries: [{ query: 'SELECT $1', calls: 4, totalMs: 10, meanMs: 2.5, maxMs: 6, rows: 8 }],
  });
});

test('without a statement there is still the time', () => {
  expect(toSlowQueries([{ ...row, query: null }])).toEqual({
    since: '2026-01-01T00:00:00.000Z',
    queries: [],
  });
});

test('a constant that Postgres left in a text is not shown, cut off or not', () => {
  const textOf = (text: string) => toSlowQueries([{ ...row, query: text }]).queries[0]?.query;
  expect(textOf(`SELECT * FROM t WHERE a = 'it''s' AND b = 'x' AND c = $1`)).toBe(
    `SELECT * FROM t WHERE a = '...' AND b = '...' AND c = $1`,
  );
  expect(textOf(`SELECT 'cut o`)).toBe(`SELECT '...'`);
});

test('equal searches within a second share one query; others take turns', async () => {
  const { waiting, find } = openSearch();
  const same = [find(query), find({ ...query })];
  const other = find({ ...query, sort: 'max' });
  await settle();
  expect(waiting).toHaveLength(1);
  waiting[0]?.resolve([row]);
  expect((await Promise.all(same)).map(({ queries }) => queries.length)).toEqual([1, 1]);
  await settle();
  expect(waiting).toHaveLength(2);
  waiting[1]?.resolve([]);
  expect((await other).queries).toEqual([]);
});

test('a silent server is 503 within two seconds; waiting searches are dropped', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const { waiting, find } = openSearch();
  const [first, second] = [refusalOf(find(query)), refusalOf(find({ ...query, sort: 'max' }))];
  await settle();
  jest.advanceTimersByTime(2_000);
  expect(await Promise.all([first, second])).toEqual([
    '503 statistics_unavailable The database does not answer.',
    '503 statistics_unavailable The database does not answer.',
  ]);
  waiting[0]?.resolve([]);
  await settle();
  expect(waiting).toHaveLength(1);
});

test.each([
  ['42P01', 'run `npm run up`'],
  ['55000', 'shared_preload_libraries = pg_stat_statements'],
  ['57014', 'took too long'],
  ['57P01', 'The database does not answer.'],
])('a server that fails with %s is a 503 that says: %s', async (code, text) => {
  const { waiting, find } = openSearch();
  const refusal = refusalOf(find(query));
  await settle();
  waiting[0]?.reject(
    Object.assign(
      new pg.DatabaseError('canary: relation "monitoring.x" does not exist', 0, 'error'),
      { code },
    ),
  );
  expect(await refusal).toMatch(new RegExp(`^503 statistics_unavailable .*${text}`));
  expect(await refusal).not.toContain('canary');
});
