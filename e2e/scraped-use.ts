import { expect } from '@jest/globals';
import type { LiveEnvironment } from './live-app.ts';
import { show } from './pgbouncer-console.ts';
import type { PrometheusServer } from './prometheus-server.ts';
import { until } from './until.ts';

/**
 * Expects Prometheus to have the use and the limits that SHOW POOLS and Postgres show, at a full
 * pool.
 */
export async function expectUseOfServers(
  live: LiveEnvironment,
  prometheus: PrometheusServer,
): Promise<void> {
  const valueOf = async (expression: string): Promise<number | undefined> =>
    (await prometheus.query(expression))[0]?.value;
  const seen = await until(
    async () => {
      const [pool] = (await show(live.pgbouncer, 'SHOW POOLS')).filter(
        ({ database }) => database === 'spywatcher',
      );
      const shown = {
        clients: Number(pool?.['cl_active']),
        waiting: Number(pool?.['cl_waiting']),
        servers: Number(pool?.['sv_active']),
        idle: Number(pool?.['sv_idle']),
      };
      const scraped = {
        clients: await valueOf('spywatcher_pgbouncer_client_connections{state="active"}'),
        waiting: await valueOf('spywatcher_pgbouncer_client_connections{state="waiting"}'),
        servers: await valueOf('spywatcher_pgbouncer_server_connections{state="active"}'),
        idle: await valueOf('spywatcher_pgbouncer_server_connections{state="idle"}'),
      };
      return { shown, scraped };
    },
    ({ shown, scraped }) =>
      shown.servers === 5 && JSON.stringify(shown) === JSON.stringify(scraped),
  );
  expect(seen.scraped).toEqual(seen.shown);
  expect(seen.shown.servers).toBe(5);
  expect(
    await until(
      () => valueOf('instance_hop:spywatcher_connections:ratio{setting="pooler.poolSize"}'),
      (ratio) => ratio === 1,
    ),
  ).toBe(5 / live.plan.settings.pooler.poolSize);

  const available = Number(
    await live.ask(
      `SELECT current_setting('max_connections')::int - ` +
        `current_setting('reserved_connections')::int - ` +
        `current_setting('superuser_reserved_connections')::int`,
    ),
  );
  const countedByPostgres = async () =>
    Number(
      await live.ask(
        `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' ` +
          'AND pid <> pg_backend_pid()',
      ),
    );
  const postgres = await until(
    async () => ({
      counted: await countedByPostgres(),
      ratio: await valueOf(
        'instance_hop:spywatcher_connections:ratio{setting="postgres.maxConnections"}',
      ),
    }),
    ({ counted, ratio }) => ratio === counted / available,
  );
  expect(postgres.ratio).toBe(postgres.counted / available);
}
