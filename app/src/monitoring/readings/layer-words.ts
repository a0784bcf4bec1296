import type { DownReason, LayerName } from './readings.ts';

// The dashboard's script has these, too: nothing that only a server can run belongs in this file.

export const LAYER_TITLES: Readonly<Record<LayerName, string>> = {
  app: 'App',
  pgbouncer: 'PgBouncer',
  postgres: 'Postgres',
  redis: 'Redis',
};

/** What a layer does that is down: the rest of a sentence that begins with its title. */
export const DOWN_REASONS: Readonly<Record<DownReason, string>> = {
  timeout: 'does not answer in time',
  unreachable: 'cannot be reached',
  login_refused: 'refuses the login of the monitoring',
  no_slot: 'takes no further connection',
  failed: 'answers with an error',
};
