import type { PgbouncerInput } from './input.ts';
import type { Layer } from './layers.ts';

/** Seconds between two attempts to reach Postgres after one failed. */
const SERVER_LOGIN_RETRY_SECONDS = 1;
const SPEC_SERVER_CONNECT_TIMEOUT_SECONDS = 15;

/**
 * Below this no attempt to connect of 1 s and the pause after it would end while the client waits.
 */
export const MIN_QUERY_WAIT_TIMEOUT_SECONDS = 3;

/**
 * The lowest layer: values that `pooler.settings` may replace. Only what differs from PgBouncer, or
 * what the reader looks for.
 */
export function planDefaults(input: Pick<PgbouncerInput, 'queryWaitTimeoutSeconds'>): Layer {
  return {
    pool_mode: {
      value: 'transaction',
      why:
        'a server connection serves the next client as soon as a transaction ends; forced ' +
        'while the app names statements',
    },
    server_lifetime: {
      value: 3_600,
      why:
        'an hourly new server process gives back the memory that caches of plans and catalogs ' +
        'took',
    },
    server_idle_timeout: {
      value: 600,
      why: 'server connections of a past peak are closed after ten quiet minutes',
    },
    server_reset_query: {
      value: 'DISCARD ALL',
      why: 'cleans a session before the next client; PgBouncer uses it in session mode only',
    },
    server_connect_timeout: {
      value: planServerConnectTimeout(input.queryWaitTimeoutSeconds),
      why:
        'query_wait_timeout less 2 s: one attempt that hangs and the pause after it end while ' +
        'the client still waits, so the second can serve it',
    },
    server_login_retry: {
      value: SERVER_LOGIN_RETRY_SECONDS,
      why:
        'after a restart of Postgres service is back in 1.5 s; with 15 s it took 15.5 s and ' +
        'every waiting client failed',
    },
    reserve_pool_timeout: {
      value: 1,
      why:
        'the reserve must help before clients are sent away; 5 s equals our ' +
        'query_wait_timeout, so it never would',
    },
    client_login_timeout: {
      value: 15,
      why:
        'a connection that never logs in holds one of max_client_conn; 60 s lets a few of ' +
        'them close the door',
    },
    listen_backlog: {
      value: 1_024,
      why:
        'after a restart all clients connect at once; those beyond 128 wait for a second try ' +
        'of the kernel, 1 s or more',
    },
    log_connections: {
      value: 0,
      why: 'probes and short-lived tools log in every few seconds and hide the lines that matter',
    },
    log_disconnections: {
      value: 0,
      why: 'the same noise; what a client was told stays in the log by log_pooler_errors',
    },
    tcp_keepidle: {
      value: 30,
      why:
        "with the kernel's 7200 s a vanished peer holds its connection for over two hours, " +
        'and gateways forget idle ones after minutes',
    },
    tcp_keepintvl: {
      value: 10,
      why: 'with tcp_keepcnt: a vanished peer is found 30 s after the first probe',
    },
    tcp_keepcnt: { value: 3, why: 'three lost probes are no accident' },
    tcp_user_timeout: {
      value: 15_000,
      why:
        'milliseconds; a query sent to a host that vanished fails after 15 s instead of the ' +
        "kernel's quarter of an hour",
    },
  };
}

/**
 * Seconds for one attempt to connect, so that a failed one and a pause fit below
 * `query_wait_timeout`.
 */
function planServerConnectTimeout(queryWaitTimeoutSeconds: number): number {
  return Math.min(
    SPEC_SERVER_CONNECT_TIMEOUT_SECONDS,
    queryWaitTimeoutSeconds - 2 * SERVER_LOGIN_RETRY_SECONDS,
  );
}
