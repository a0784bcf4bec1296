/**
 * `uid:gid` of each server's process. Our images name the same, but what an image names cannot be seen in a plan, and
 * another one may start as root, which has no rights here. 999 is the official Postgres image's user as well.
 */
export const USERS = {
  app: '10001:10001',
  pgbouncer: '998:998',
  postgres: '999:999',
  redis: '997:997',
} as const;
