// The dashboard's script contains this file, too: nothing that only a server can run belongs here.

/**
 * Every layer of the chain by the name of its container, in the order in which a query passes them.
 */
export const LAYERS = ['app', 'pgbouncer', 'postgres', 'redis'] as const;

export type LayerName = (typeof LAYERS)[number];

export const LAYER_TITLES: Readonly<Record<LayerName, string>> = {
  app: 'App',
  pgbouncer: 'PgBouncer',
  postgres: 'Postgres',
  redis: 'Redis',
};

/** Why a layer is down; `no_slot`: it runs, but takes no further connection. */
export const DOWN_REASONS = [
  'timeout',
  'unreachable',
  'login_refused',
  'no_slot',
  'failed',
] as const;

export type DownReason = (typeof DOWN_REASONS)[number];

/** What a layer does that is down: the rest of a sentence that begins with its title. */
export const DOWN_WORDS: Readonly<Record<DownReason, string>> = {
  timeout: 'does not answer in time',
  unreachable: 'cannot be reached',
  login_refused: 'refuses the login of the monitoring',
  no_slot: 'takes no further connection',
  failed: 'answers with an error',
};
