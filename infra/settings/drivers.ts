/**
 * Drivers whose answers were compared behind a transaction pooler: with what they need in their
 * address they are right there. Any other gets a server connection of its own.
 */
export const DRIVERS = [
  'node-postgres',
  'postgres.js',
  'prisma',
  'psycopg',
  'asyncpg',
  'pgx',
  'lib/pq',
  'jdbc',
  'sqlx',
  'tokio-postgres',
] as const;

export type Driver = (typeof DRIVERS)[number];
