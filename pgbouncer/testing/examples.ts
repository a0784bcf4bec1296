import type { PgbouncerInput } from '../input.ts';

/** The dev environment as `npm run up` makes it: one PgBouncer on Docker, published to tools. */
export const devDocker: PgbouncerInput = {
  database: { name: 'spywatcher', host: '/run/postgresql', port: 5_432 },
  listen: { socketDirectory: '/run/pgbouncer', address: '*', port: 6_432 },
  serverTls: 'off',
  peers: 'off',
  authFile: '/etc/pgbouncer/userlist.txt',
  adminUsers: ['pgbouncer_admin'],
  statsUsers: ['pgbouncer_monitor'],
  poolSize: 25,
  minPoolSize: 5,
  reservePoolSize: 5,
  maxClientConn: 100,
  maxDbConnections: 30,
  queryWaitTimeoutSeconds: 5,
  idleTransactionTimeoutSeconds: 12,
  maxPreparedStatements: 200,
  settings: {},
};

/**
 * A sidecar in each pod of the app: socket only, Postgres over the private network, small pools.
 */
export const sidecar: PgbouncerInput = {
  ...devDocker,
  database: { name: 'spywatcher', host: 'postgres.spywatcher-prod.svc', port: 5_432 },
  listen: { socketDirectory: '/run/pgbouncer', address: 'off', port: 6_432 },
  poolSize: 5,
  minPoolSize: 1,
  reservePoolSize: 2,
  maxDbConnections: 7,
};

/** The second of three processes on one machine. */
export const secondOfThree: PgbouncerInput = {
  ...devDocker,
  listen: { ...devDocker.listen, socketDirectory: '/run/pgbouncer/2' },
  peers: {
    own: 1,
    socketDirectories: ['/run/pgbouncer', '/run/pgbouncer/2', '/run/pgbouncer/3'],
  },
};

/** A managed server, over TLS, where the database has another name. */
export const external: PgbouncerInput = {
  ...devDocker,
  database: { name: 'spywatcher', host: 'db-1.example.net', port: 25_060, nameThere: 'presence' },
  serverTls: { caFile: '/etc/pgbouncer/server-ca-0123456789ab.crt' },
};

/** A team that tuned what can be tuned, and names no statements. */
export const tuned: PgbouncerInput = {
  ...devDocker,
  queryWaitTimeoutSeconds: 8,
  maxPreparedStatements: 0,
  settings: {
    max_prepared_statements: 0,
    pool_mode: 'session',
    server_lifetime: 900.5,
    server_reset_query: "DISCARD ALL; SET application_name = 'idle # 100 %'",
    server_check_query: 'SELECT 1',
    server_login_retry: 0.5,
    listen_backlog: 4_096,
    log_connections: true,
    tcp_keepalive: false,
    stats_period: 10,
    login_notify_message: 'You talk to PgBouncer; "SHOW POOLS" is on its console',
    track_extra_parameters: 'search_path, statement_timeout',
  },
};
