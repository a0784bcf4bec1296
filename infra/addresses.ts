/** Where the parts of an environment find each other; the same on every target. */
export const DATABASE = 'spywatcher';
export const POSTGRES_PORT = 5_432;
export const POOLER_PORT = 6_432;
export const POSTGRES_SOCKET_DIRECTORY = '/run/postgresql';
export const POOLER_SOCKET_DIRECTORY = '/run/pgbouncer';
export const POOLER_CONFIG_DIRECTORY = '/etc/pgbouncer';
/** Where the app finds the planned limits, beside which its monitoring shows the use. */
export const MONITORING_DIRECTORY = '/run/monitoring';
export const MONITORING_PLAN_FILE = 'plan.json';
