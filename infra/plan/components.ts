import type { Settings } from '../settings/settings.ts';

/** Parts of an environment that exist on every target. */
export type Component = 'app' | 'pgbouncer' | 'postgres' | 'redis' | 'migrate' | 'backup';

type Server = Extract<Component, 'app' | 'pgbouncer' | 'postgres' | 'redis'>;

/**
 * Uid of each server's process, which is its gid too. The one-shots run as the user of the image
 * that they share: `migrate` as the app's, `backup` as Postgres'.
 *
 * The uids for Docker are those that our images name with USER. They are stated here as well,
 * because a plan cannot show what an image names, and an image that the user names may start as
 * root, which has no rights in our containers. 999 is the user of the official Postgres image too,
 * so that either image can use the other's data.
 *
 * On Kubernetes PgBouncer and Redis take high numbers of their own. A limit for a user counts every
 * process of that uid on a node, and uids below 1000 usually belong to somebody there. PgBouncer's
 * console also lets in the Unix user that it runs as, so no other container of its pod may share
 * it.
 */
export const UIDS: Readonly<Record<Settings['target'], Readonly<Record<Server, number>>>> = {
  docker: { app: 10_001, pgbouncer: 998, postgres: 999, redis: 997 },
  kubernetes: { app: 10_001, pgbouncer: 10_002, postgres: 999, redis: 10_003 },
};

/**
 * Memory limit of each component whose size is no setting. A bouncer holds little beside its packet
 * buffers: about 10 KiB for a connection, and prepared statements. The one-shots are a Node process
 * that applies migrations, and pgBackRest, which compresses one file at a time.
 */
export const MEMORY_MIB = { pgbouncer: 128, migrate: 256, backup: 256 } as const;

/**
 * Size of Postgres' /dev/shm, where parallel queries exchange rows. The 64 MB that Docker and the
 * runtimes of Kubernetes give by default are too few for them.
 * https://www.postgresql.org/docs/17/runtime-config-resource.html#GUC-DYNAMIC-SHARED-MEMORY-TYPE
 */
export const POSTGRES_SHARED_MEMORY_MIB = 256;

/**
 * Options of initdb for a Postgres image that the user names. The official image would trust every
 * connection over its socket and write no checksums; the image of this repository needs no options.
 * https://hub.docker.com/_/postgres#postgres_initdb_args
 */
export const initdbVariables = ({
  images: { postgres },
}: Pick<Settings, 'images'>): Readonly<Record<string, string>> =>
  postgres === undefined
    ? {}
    : { POSTGRES_INITDB_ARGS: '--auth-local=scram-sha-256 --data-checksums' };
