import { PassThrough } from 'node:stream';
import { Exec } from '@kubernetes/client-node';
import { DATABASE } from '../../infra/settings/standard-names.ts';
import type { ClusterStack } from './cluster-stack.ts';

const EVERY_SECONDS = 0.2;

/** Looks at Postgres five times a second, in one session of its own that it does not count. */
export interface ConnectionSampler {
  /**
   * Sessions of the environment at its fullest moment since it was last asked, and how often it has
   * looked in all.
   */
  takePeak(): { readonly peak: number; readonly samples: number };
  stop(): void;
}

export async function startConnectionSampler(stack: ClusterStack): Promise<ConnectionSampler> {
  const { superuser } = stack.credentials();
  const url = `postgresql://${superuser.name}:${superuser.password}@127.0.0.1:5432/${DATABASE}`;
  const sql =
    "select 'n=' || count(*) from pg_stat_activity where backend_type = 'client " +
    "backend' and pid <> pg_backend_pid()";
  const stdout = new PassThrough();
  let peak = 0;
  let samples = 0;
  stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const [, count] of text.matchAll(/n=(\d+)/g)) {
      samples += 1;
      peak = Math.max(peak, Number(count));
    }
  });
  const socket = (await new Exec(stack.api.config).exec(
    stack.api.namespace,
    'postgres-0',
    'postgres',
    ['sh', '-c', `printf '%s \\\\watch i=${EVERY_SECONDS}\\n' "$0" | psql -XAt "$1"`, sql, url],
    stdout,
    null,
    null,
    false,
  )) as { close(): void };
  return {
    takePeak: () => {
      const taken = { peak, samples };
      peak = 0;
      return taken;
    },
    stop: () => socket.close(),
  };
}
