import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DATABASE } from '../infra/settings/standard-names.ts';
import { dockerOutput, logsOf, openDockerScope } from './docker.ts';
import { send, type LoadRequest } from './keep-alive-load.ts';
import { openLiveEnvironment, type LiveApp, type LiveEnvironment } from './live-app.ts';
import { credentials } from './live-credentials.ts';
import { show } from './pgbouncer-console.ts';

const scope = openDockerScope('named-statements');
const { name, password } = credentials.app;
const straight = `postgresql://${name}:${password}@/${DATABASE}?host=/run/postgresql&port=5432`;

let live: LiveEnvironment;

beforeAll(async () => {
  live = await openLiveEnvironment(scope, credentials);
}, 300_000);
afterAll(() => scope.close(), 60_000);

/**
 * A report, a read of a user who is not cached, a read of a guild: every statement that the app
 * has.
 */
function fixed(count: number): LoadRequest {
  const userId = `${1 + (Math.floor(count / 3) % 50)}`;
  if (count % 3 === 0)
    return {
      method: 'POST',
      path: '/api/presence',
      body: { userId, guildId: '1', status: 'online' },
    };
  return {
    method: 'GET',
    path: count % 3 === 1 ? `/api/presence/${userId}` : '/api/guilds/1/online',
  };
}

/** Runs the fixed workload, ten requests at a time, and gives how many answers had each status. */
async function work(app: LiveApp, requests: number): Promise<Readonly<Record<string, number>>> {
  const statuses: Record<string, number> = {};
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < requests) {
      const { answer, fault } = await send(app.url, fixed((sent += 1) - 1));
      const status = answer?.status ?? fault ?? '';
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 10 }, client));
  return statuses;
}

/** What PgBouncer has counted for the app's database so far. */
async function totals(): Promise<{
  readonly queries: number;
  readonly binds: number;
  readonly serverParses: number;
}> {
  const row = (await show(live.pgbouncer, 'SHOW STATS')).find(
    ({ database }) => database === DATABASE,
  );
  return {
    queries: Number(row?.['total_query_count']),
    binds: Number(row?.['total_bind_count']),
    serverParses: Number(row?.['total_server_parse_count']),
  };
}

const WHOLE = { '200': 2_000, '201': 1_000 };

test('after a warm-up fewer than one query in a thousand is parsed by Postgres', async () => {
  const app = await live.startApp();
  await work(app, 600);
  const before = await totals();
  expect(await work(app, 3_000)).toEqual(WHOLE);
  const after = await totals();
  const queries = after.queries - before.queries;
  expect(queries).toBeGreaterThanOrEqual(3_000);
  expect(after.binds - before.binds).toBeGreaterThanOrEqual(3_000);
  expect((after.serverParses - before.serverParses) / queries).toBeLessThan(0.001);
  await dockerOutput('rm', '--force', app.id);
}, 120_000);

test('straight to Postgres, without a pooler, nothing fails', async () => {
  const before = await totals();
  const app = await live.startApp({
    variables: {
      DATABASE_URL_FILE: undefined,
      DATABASE_URL: straight,
      POOLER_CONSOLE_URL_FILE: undefined,
      POOLER_CONSOLE_URL: 'off',
    },
    limits: { pooler: 'off' },
  });
  expect(await work(app, 3_000)).toEqual(WHOLE);
  expect(await totals()).toEqual(before);
  expect(await failuresIn(app)).toEqual([]);
  await dockerOutput('rm', '--force', app.id);
}, 120_000);

test('without prepared statements in PgBouncer only an app that names them fails', async () => {
  await live.console('SET max_prepared_statements = 0');
  const unnamed = await live.startApp({ variables: { DATABASE_STATEMENT_NAMES: 'off' } });
  expect(await work(unnamed, 3_000)).toEqual(WHOLE);
  expect(await failuresIn(unnamed)).toEqual([]);
  await dockerOutput('rm', '--force', unnamed.id);

  const named = await live.startApp();
  expect((await work(named, 300))['500']).toBeGreaterThan(0);
}, 120_000);

/**
 * Warnings and worse about the database. Redis and the monitoring have deadlines of a second or
 * less, which a busy machine breaks.
 */
async function failuresIn(app: LiveApp): Promise<readonly LogLine[]> {
  const lines = (await logsOf(app.id)).split('\n').filter((line) => line.startsWith('{'));
  return lines
    .map((line) => JSON.parse(line) as LogLine)
    .filter(
      ({ level, layer }) =>
        ['warn', 'error', 'fatal'].includes(level) && (layer === undefined || layer === 'database'),
    );
}

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly layer?: string;
}
