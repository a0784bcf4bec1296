import { PassThrough } from 'node:stream';
import { Exec } from '@kubernetes/client-node';
import { DATABASE } from '../../infra/settings/standard-names.ts';
import type { ClusterStack } from './cluster-stack.ts';

const NAME = 'table-holder';
/**
 * Longer than reserve_pool_timeout, so that the reserve is opened too; shorter than the deadline of
 * any request.
 */
const HELD_SECONDS = 1.2;
const FREE_SECONDS = 5;

/**
 * Makes the bouncers full now and then: whoever needs the app's table waits, each in a server
 * connection of its own.
 */
export interface TableHolder {
  stop(): Promise<void>;
}

export async function startTableHolder(stack: ClusterStack): Promise<TableHolder> {
  const { superuser } = stack.credentials();
  const login = `${superuser.name}:${superuser.password}`;
  const url = `postgresql://${login}@127.0.0.1:5432/${DATABASE}?application_name=${NAME}`;
  const round =
    'begin; lock table presence_event in access exclusive mode; select ' +
    `pg_sleep(${HELD_SECONDS}); commit; select pg_sleep(${FREE_SECONDS});`;
  const failures: string[] = [];
  const stderr = new PassThrough();
  stderr.setEncoding('utf8').on('data', (text: string) => failures.push(text));
  // Ends with psql: echo cannot write to it any more.
  const script = 'while echo "$0"; do :; done | psql -XAtq "$1"';
  await new Exec(stack.api.config).exec(
    stack.api.namespace,
    'postgres-0',
    'postgres',
    ['sh', '-c', script, round, url],
    new PassThrough().resume(),
    stderr,
    null,
    false,
  );
  return {
    stop: async () => {
      const ended = await stack.psql(
        'select count(pg_terminate_backend(pid)) from pg_stat_activity where ' +
          `application_name = '${NAME}'`,
      );
      if (ended !== '1') throw new Error(`the table was not held to the end: ${failures.join('')}`);
    },
  };
}
