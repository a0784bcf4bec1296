import pg from 'pg';
import type { Logger } from 'pino';
import { HttpError } from '../../http/http-error.ts';
import { within } from '../../within.ts';
import type { MonitoredClient, Row } from './readers/monitored-client.ts';
import { numberOf } from './readers/row-numbers.ts';
import type { SlowQueries, SlowQueriesQuery } from './slow-queries.ts';

const DEADLINE_MS = 2_000;
const CACHE_MS = 1_000;
const MAX_TEXT_LENGTH = 2_000;

const ORDER: Readonly<Record<SlowQueriesQuery['sort'], string>> = {
  mean: 'mean_ms',
  total: 'total_ms',
  max: 'max_ms',
  calls: 'calls',
};

/**
 * Selects one row for each text. Statements that do not read or write rows are left out: in those
 * Postgres keeps constants, and `ALTER ROLE ... PASSWORD` is one of them.
 * https://www.postgresql.org/docs/current/pgstatstatements.html
 */
const textOf = (sort: SlowQueriesQuery['sort']): string => `
  SELECT statement.*, info.stats_reset
  FROM monitoring.pg_stat_statements_info AS info LEFT JOIN LATERAL (
    SELECT left(query, ${MAX_TEXT_LENGTH}) AS query, sum(calls) AS calls,
      sum(total_exec_time) AS total_ms, sum(total_exec_time) / sum(calls) AS mean_ms,
      max(max_exec_time) AS max_ms, sum(rows) AS rows
    FROM monitoring.pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND query ~* '^[[:space:](]*(select|insert|update|delete|merge|with|values|table)\\M'
    GROUP BY queryid, query
    HAVING sum(calls) > 0 AND sum(total_exec_time) / sum(calls) >= $1
    ORDER BY ${ORDER[sort]} DESC
    LIMIT $2
  ) AS statement ON true
  ORDER BY ${ORDER[sort]} DESC`;

/** SQLSTATEs of a server without the extension, its preload, or the right to see it. */
const MISSING: readonly unknown[] = ['42P01', '3F000', '42501', '55000', '42883', '42703'];

const unavailable = (message: string): HttpError =>
  new HttpError(503, 'statistics_unavailable', message).withHeaders({ 'Retry-After': '5' });

/** Constants that remain in a text that Postgres could not normalise; placeholders do not match. */
const CONSTANT = /'(?:[^']|'')*(?:'|$)/g;

/**
 * Finds slow statements in the server's own statistics, over the connection that the readings use.
 * However many ask, one of them at a time waits there, so that a reading waits for one at most.
 */
export function createSlowQueriesSearch(
  client: MonitoredClient,
  logger: Logger,
): (query: SlowQueriesQuery) => Promise<SlowQueries> {
  let last: Promise<unknown> = Promise.resolve();
  let cached:
    | { readonly key: string; readonly untilMs: number; readonly found: Promise<SlowQueries> }
    | undefined;

  const search = async (
    { limit, minMs, sort }: SlowQueriesQuery,
    isLate: () => boolean,
  ): Promise<SlowQueries> => {
    if (isLate())
      throw unavailable('The statement statistics are asked for too often. Try again shortly.');
    try {
      return toSlowQueries(await client.query(textOf(sort), [minMs, limit]));
    } catch (error) {
      logger.warn(
        { detail: error instanceof Error ? error.message : String(error) },
        'the statement statistics cannot be read',
      );
      throw explain(error);
    }
  };

  return (query) => {
    const nowMs = performance.now();
    const key = JSON.stringify([query.limit, query.minMs, query.sort]);
    if (cached !== undefined && cached.key === key && nowMs < cached.untilMs) return cached.found;
    let isLate = false;
    const turn = last.then(() => search(query, () => isLate));
    last = turn.catch(() => undefined);
    const found = within(DEADLINE_MS, turn, () => {
      isLate = true;
      return unavailable('The database does not answer.');
    });
    cached = { key, untilMs: nowMs + CACHE_MS, found };
    return found;
  };
}

export function toSlowQueries(rows: readonly Row[]): SlowQueries {
  const since = rows[0]?.['stats_reset'];
  return {
    since: since instanceof Date ? since.toISOString() : null,
    queries: rows.flatMap((row) =>
      typeof row['query'] !== 'string'
        ? []
        : [
            {
              query: row['query'].replace(CONSTANT, "'...'"),
              calls: numberOf(row, 'calls'),
              totalMs: numberOf(row, 'total_ms'),
              meanMs: numberOf(row, 'mean_ms'),
              maxMs: numberOf(row, 'max_ms'),
              rows: numberOf(row, 'rows'),
            },
          ],
    ),
  };
}

function explain(error: unknown): HttpError {
  if (!(error instanceof pg.DatabaseError)) return unavailable('The database does not answer.');
  if (error.code === '57014')
    return unavailable(
      'The database took too long to sort its statement statistics. Try again shortly.',
    );
  if (!MISSING.includes(error.code)) return unavailable('The database does not answer.');
  return unavailable(
    'This database keeps no statement statistics. The extension pg_stat_statements has to be ' +
      'preloaded by the server and to exist in the schema `monitoring`: ' +
      'run `npm run up`, which prepares it; a server or an image of your own needs ' +
      'shared_preload_libraries = pg_stat_statements.',
  );
}
