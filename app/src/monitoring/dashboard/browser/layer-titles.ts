import type { LayerName } from '../../readings.ts';

export const LAYER_TITLES: Readonly<Record<LayerName, string>> = { app: 'App', pgbouncer: 'PgBouncer', postgres: 'Postgres', redis: 'Redis' };
