import type { Logger } from 'pino';
import { findShownDrift } from '../../../../../pgbouncer/shown-config.ts';
import type { MonitoringPlan } from '../../plan/monitoring-plan.ts';
import type { Drift, PoolerCounts, PoolerTotals } from '../readings.ts';
import { createLayerReader, type LayerReader } from './layer-reader.ts';
import { within } from '../../../within.ts';
import { ReadingTimeoutError } from './down-reason.ts';
import type { MonitoredClient, Row } from './monitored-client.ts';
import type { PoolerConsole, PoolerConsoles } from './pooler-consoles.ts';
import { createProcessSum } from './process-sum.ts';
import { numberOf, sumOf } from './row-numbers.ts';

/** Rows of the console: https://www.pgbouncer.org/usage.html#show-commands */
export interface ConsoleRows {
  readonly pools: readonly Row[];
  readonly lists: readonly Row[];
  readonly stats: readonly Row[];
  readonly config: readonly Row[];
}

const MICROSECONDS_PER_MS = 1_000;

/** Name of the console, which is itself a database with a pool. */
const CONSOLE_DATABASE = 'pgbouncer';

/**
 * Time for one of several processes, within that of the whole reading: those that answer are
 * counted without one that hangs.
 */
const PROCESS_DEADLINE_MS = 800;

/**
 * Reads the console of every process of PgBouncer, which needs no server connection and answers
 * while every pool is full. The layer is down only when none answers.
 */
export function createPoolerReader(parts: {
  readonly consoles: PoolerConsoles;
  readonly plan: () => MonitoringPlan;
  readonly logger: Logger;
}): LayerReader<PoolerCounts> {
  const { consoles, plan, logger } = parts;
  const addUp = createProcessSum();
  const readProcess = async (client: MonitoredClient, index: number): Promise<PoolerCounts> => {
    const rows = await readConsole(client);
    return toPoolerCounts(rows, plannedFor(plan(), index));
  };
  const readInTime = async ({ host, client }: PoolerConsole, index: number) => {
    const reading = within(PROCESS_DEADLINE_MS, readProcess(client, index), () => {
      client.cut();
      return new ReadingTimeoutError(PROCESS_DEADLINE_MS);
    });
    const [settled] = await Promise.allSettled([reading]);
    return { host, settled };
  };
  return createLayerReader({
    layer: 'pgbouncer',
    read: async () => {
      const [first, ...others] = await consoles.find();
      if (first === undefined) throw new Error('There is no process of PgBouncer.');
      if (others.length === 0) return readProcess(first.client, 0);
      return addUp(await Promise.all([first, ...others].map(readInTime)));
    },
    abandon: () => consoles.cut(),
    logger,
  });
}

/** One after the other: a first one that fails must not leave three more to fail behind it. */
const readConsole = async (client: MonitoredClient): Promise<ConsoleRows> => ({
  pools: await client.query('SHOW POOLS'),
  lists: await client.query('SHOW LISTS'),
  stats: await client.query('SHOW STATS'),
  config: await client.query('SHOW CONFIG'),
});

/** The keys that are planned for the process at this place. */
function plannedFor(
  { pooler }: MonitoringPlan,
  index: number,
): Readonly<Record<string, string>> | undefined {
  return pooler === 'off' ? undefined : { ...pooler.config, ...pooler.processes?.[index] };
}

/**
 * @param planned the keys of `[pgbouncer]` as SHOW CONFIG prints them, or undefined where no pooler
 * is planned.
 */
export function toPoolerCounts(
  { pools: allPools, lists, stats, config }: ConsoleRows,
  planned: Readonly<Record<string, string>> | undefined,
): PoolerCounts {
  const pools = allPools.filter((row) => row['database'] !== CONSOLE_DATABASE);
  const setting = (key: string): number =>
    numberOf(config.find((row) => row['key'] === key) ?? {}, 'value');
  const [active, idle, used, login] = [
    sumOf(pools, 'sv_active', 'sv_active_cancel', 'sv_being_canceled'),
    sumOf(pools, 'sv_idle'),
    sumOf(pools, 'sv_used', 'sv_tested'),
    sumOf(pools, 'sv_login'),
  ];
  const poolSize = setting('default_pool_size');
  return {
    clients: {
      active: sumOf(pools, 'cl_active'),
      waiting: sumOf(pools, 'cl_waiting'),
      total: numberOf(lists.find((row) => row['list'] === 'used_clients') ?? {}, 'items'),
      max: setting('max_client_conn'),
    },
    servers: {
      active,
      idle,
      used,
      login,
      total: active + idle + used + login,
      poolSize,
      max: poolSize + setting('reserve_pool_size'),
    },
    maxWaitMs: Math.max(
      0,
      ...pools.map(
        (row) =>
          numberOf(row, 'maxwait') * 1_000 +
          Math.floor(numberOf(row, 'maxwait_us') / MICROSECONDS_PER_MS),
      ),
    ),
    totals: totalsOf(stats.filter((row) => row['database'] !== CONSOLE_DATABASE)),
    drift: planned === undefined ? [] : driftOf(planned, config),
  };
}

function driftOf(
  planned: Readonly<Record<string, string>>,
  config: readonly Row[],
): readonly Drift[] {
  const shown = config.map((row) => ({
    key: textOf(row['key']),
    value: textOf(row['value']),
    stock: textOf(row['default']),
  }));
  return findShownDrift(planned, shown).map((drift) => ({ ...drift, shown: drift.shown ?? null }));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function totalsOf(stats: readonly Row[]): PoolerTotals {
  const total = (column: string): number => sumOf(stats, `total_${column}`);
  return {
    queries: total('query_count'),
    transactions: total('xact_count'),
    queryMs: total('query_time') / MICROSECONDS_PER_MS,
    transactionMs: total('xact_time') / MICROSECONDS_PER_MS,
    waitMs: total('wait_time') / MICROSECONDS_PER_MS,
    clientParses: total('client_parse_count'),
    serverParses: total('server_parse_count'),
    binds: total('bind_count'),
    receivedBytes: total('received'),
    sentBytes: total('sent'),
  };
}
