import { dockerOutput } from '../e2e/docker.ts';
import type { LiveEnvironment } from '../e2e/live-app.ts';
import { show } from '../e2e/pgbouncer-console.ts';
import { DATABASE } from '../infra/settings/standard-names.ts';

/** Numbers that only grow. */
export interface Counters {
  /** Processor time of the container, its children included. */
  readonly appCpuMs: number;
  readonly pgbouncerCpuMs: number;
  readonly postgresCpuMs: number;
  /** What PgBouncer has passed on for the app's database. */
  readonly queries: number;
  /** Of those, the ones that used a named statement; every other one is parsed by Postgres. */
  readonly binds: number;
  /** Named statements that a server connection did not know yet. */
  readonly serverParses: number;
}

export async function readCounters(live: LiveEnvironment, app: string): Promise<Counters> {
  const [appCpuMs, pgbouncerCpuMs, postgresCpuMs, stats] = await Promise.all([
    cpuMs(app),
    cpuMs(live.pgbouncer),
    cpuMs(live.postgres),
    show(live.pgbouncer, 'SHOW STATS'),
  ]);
  const row = stats.find(({ database }) => database === DATABASE);
  const count = (column: string): number => Number(row?.[column]);
  return {
    appCpuMs,
    pgbouncerCpuMs,
    postgresCpuMs,
    queries: count('total_query_count'),
    binds: count('total_bind_count'),
    serverParses: count('total_server_parse_count'),
  };
}

export function subtract(after: Counters, before: Counters): Counters {
  return {
    appCpuMs: after.appCpuMs - before.appCpuMs,
    pgbouncerCpuMs: after.pgbouncerCpuMs - before.pgbouncerCpuMs,
    postgresCpuMs: after.postgresCpuMs - before.postgresCpuMs,
    queries: after.queries - before.queries,
    binds: after.binds - before.binds,
    serverParses: after.serverParses - before.serverParses,
  };
}

/**
 * Control groups of version 2 count in cpu.stat, those of version 1 in cpuacct.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu
 */
const CPU_NANOSECONDS = `
if [ -f /sys/fs/cgroup/cpu.stat ]; then
  while read -r key value; do
    [ "$key" = usage_usec ] && echo "\${value}000"
  done </sys/fs/cgroup/cpu.stat
else
  cat /sys/fs/cgroup/cpuacct/cpuacct.usage
fi
true
`;

async function cpuMs(container: string): Promise<number> {
  return Number(await dockerOutput('exec', container, 'sh', '-c', CPU_NANOSECONDS)) / 1e6;
}
