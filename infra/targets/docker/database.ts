import type * as pulumi from '@pulumi/pulumi';
import type { VolumeMount } from './container.ts';
import type { PgBouncer } from './pgbouncer.ts';
import type { Postgres } from './postgres.ts';

/** The way to the database on this machine, for the app and for the one-shot that prepares it. */
export interface Database {
  /** Directories of the Unix sockets that lead there. */
  readonly sockets: readonly VolumeMount[];
  /** What must run before anybody logs in. */
  readonly servers: readonly pulumi.Resource[];
  /** The last of the servers: with it, all of them run as planned. */
  readonly asPlanned: readonly pulumi.Resource[];
}

/** Finds the way to a database through its pooler; a server elsewhere has no place on it. */
export function wayToDatabase(
  postgres: Postgres | 'external',
  pooler: PgBouncer | 'off',
): Database {
  const own = postgres === 'external' ? [] : [postgres];
  const through = pooler === 'off' ? [] : [pooler];
  const containers = own.map(({ container }) => container);
  const reloaded = through.map((bouncer) => bouncer.reloaded);
  return {
    sockets: [...own, ...through].map(({ socket }) => socket),
    servers: [...containers, ...reloaded],
    asPlanned: pooler === 'off' ? containers : reloaded,
  };
}
