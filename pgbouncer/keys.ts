import type { KeyKind } from './key-kinds.ts';

/** What applies a change of a key: RELOAD with all clients connected, or a new process. */
export type Effect = 'reload' | 'restart';

/**
 * One key of the [pgbouncer] section; `stock` is PgBouncer's own default as SHOW CONFIG prints it.
 */
export interface Key {
  readonly kind: KeyKind;
  readonly stock: string;
  readonly effect: Effect;
}

const MAX_INTEGER = 2_147_483_647;
const WEEK_SECONDS = 604_800;

const integer = (min: number, max: number): KeyKind => ({ type: 'integer', min, max });
const seconds = (min = 0): KeyKind => ({ type: 'seconds', min, max: WEEK_SECONDS });
const choice = (...values: readonly string[]): KeyKind => ({ type: 'choice', values });
const boolean: KeyKind = { type: 'boolean' };
const octal: KeyKind = { type: 'octal' };
const text: KeyKind = { type: 'text' };
const connections = integer(0, 100_000);

const reload = (kind: KeyKind, stock = ''): Key => ({ kind, stock, effect: 'reload' });
const restart = (kind: KeyKind, stock = ''): Key => ({ kind, stock, effect: 'restart' });

const tlsModes = choice('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full');
const tlsProtocols = choice('secure', 'tlsv1.2', 'tlsv1.3', 'tlsv1.2,tlsv1.3');
const stockAuthQuery =
  'SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END ' +
  'FROM pg_authid WHERE rolname=$1 AND rolcanlogin';

/**
 * Every key that PgBouncer 1.26.1 knows (https://www.pgbouncer.org/config.html), in the order of
 * SHOW CONFIG. `stock` and `effect` are that command's columns `default` and `changeable`, compared
 * with a real PgBouncer in e2e/pgbouncer-config.test.ts.
 */
export const KEYS: Readonly<Record<string, Key>> = {
  admin_users: reload(text),
  application_name_add_host: reload(boolean, '0'),
  auth_dbname: reload(text),
  auth_file: reload(text),
  auth_hba_file: reload(text),
  auth_ident_file: reload(text),
  auth_ldap_options: reload(text),
  auth_query: reload(text, stockAuthQuery),
  auth_type: reload(
    choice('scram-sha-256', 'md5', 'plain', 'trust', 'any', 'hba', 'cert', 'ldap', 'pam'),
    'md5',
  ),
  auth_user: reload(text),
  autodb_idle_timeout: reload(seconds(), '3600'),
  cancel_wait_timeout: reload(seconds(), '10'),
  client_idle_timeout: reload(seconds(), '0'),
  client_login_timeout: reload(seconds(), '60'),
  client_tls13_ciphers: reload(text),
  client_tls_ca_file: reload(text),
  client_tls_cert_file: reload(text),
  client_tls_ciphers: reload(text, 'default'),
  client_tls_dheparams: reload(choice('auto', 'none', 'legacy'), 'auto'),
  client_tls_ecdhcurve: reload(text, 'auto'),
  client_tls_key_file: reload(text),
  client_tls_protocols: reload(tlsProtocols, 'secure'),
  client_tls_sslmode: reload(tlsModes, 'disable'),
  conffile: reload(text),
  default_pool_size: reload(connections, '20'),
  disable_pqexec: restart(boolean, '0'),
  dns_max_ttl: reload(seconds(), '15'),
  dns_nxdomain_ttl: reload(seconds(), '15'),
  dns_zone_check_period: reload(seconds(), '0'),
  idle_transaction_timeout: reload(seconds(), '0'),
  ignore_startup_parameters: reload(text),
  job_name: restart(text, 'pgbouncer'),
  listen_addr: restart(text),
  listen_backlog: restart(integer(1, 65_535), '128'),
  listen_port: restart(integer(1, 65_535), '6432'),
  log_connections: reload(boolean, '1'),
  log_disconnections: reload(boolean, '1'),
  log_pooler_errors: reload(boolean, '1'),
  log_stats: reload(boolean, '1'),
  logfile: reload(text),
  login_notify_message: reload(text),
  max_client_conn: reload(connections, '100'),
  max_db_client_connections: reload(connections, '0'),
  max_db_connections: reload(connections, '0'),
  // Above 2147483647 one packet header hangs the process (CVE-2026-107348).
  max_packet_size: reload(integer(1_048_576, MAX_INTEGER), '2147483647'),
  max_prepared_statements: reload(integer(0, 100_000), '200'),
  max_user_client_connections: reload(connections, '0'),
  max_user_connections: reload(connections, '0'),
  min_pool_size: reload(connections, '0'),
  peer_id: reload(integer(0, 16_383), '0'),
  pidfile: restart(text),
  // A buffer of 100 bytes is accepted and then no client can log in; startup packets need some
  // room.
  pkt_buf: restart(integer(1_024, 1_048_576), '4096'),
  pool_idle_timeout: reload(seconds(), '0'),
  pool_mode: reload(choice('session', 'transaction', 'statement'), 'session'),
  query_timeout: reload(seconds(), '0'),
  query_wait_notify: reload(integer(0, WEEK_SECONDS), '5'),
  query_wait_timeout: reload(seconds(), '120'),
  reserve_pool_size: reload(connections, '0'),
  reserve_pool_timeout: reload(seconds(), '5'),
  resolv_conf: restart(text),
  sbuf_loopcnt: reload(integer(0, 1_000), '5'),
  scram_iterations: reload(integer(4_096, 1_000_000), '4096'),
  server_check_delay: reload(seconds(), '30'),
  server_check_query: reload(text, '<empty>'),
  server_connect_timeout: reload(seconds(1), '15'),
  server_fast_close: reload(boolean, '0'),
  server_idle_timeout: reload(seconds(), '600'),
  server_lifetime: reload(seconds(), '3600'),
  server_login_retry: reload(seconds(), '15'),
  server_reset_query: reload(text, 'DISCARD ALL'),
  server_reset_query_always: reload(boolean, '0'),
  server_round_robin: reload(boolean, '0'),
  server_tls13_ciphers: reload(text),
  server_tls_ca_file: reload(text),
  server_tls_cert_file: reload(text),
  server_tls_ciphers: reload(text, 'default'),
  server_tls_key_file: reload(text),
  server_tls_protocols: reload(tlsProtocols, 'secure'),
  server_tls_sslmode: reload(tlsModes, 'prefer'),
  so_reuseport: restart(boolean, '0'),
  stats_period: reload(integer(1, 86_400), '60'),
  stats_users: reload(text),
  syslog: reload(boolean, '0'),
  syslog_facility: reload(text, 'daemon'),
  syslog_ident: reload(text, 'pgbouncer'),
  tcp_defer_accept: reload(boolean, '1'),
  tcp_keepalive: reload(boolean, '1'),
  tcp_keepcnt: reload(integer(0, 127), '0'),
  tcp_keepidle: reload(integer(0, 32_767), '0'),
  tcp_keepintvl: reload(integer(0, 32_767), '0'),
  tcp_socket_buffer: reload(integer(0, 16_777_216), '0'),
  tcp_user_timeout: reload(integer(0, 3_600_000), '0'),
  track_extra_parameters: restart(text),
  transaction_timeout: reload(seconds(), '0'),
  unix_socket_dir: restart(text, '/tmp'),
  unix_socket_group: restart(text),
  unix_socket_mode: restart(octal, '0777'),
  user: restart(text),
  verbose: reload(integer(0, 3)),
};

/** The key of this name in the catalogue; names come from files, so `toString` is none. */
export const findKey = (name: string): Key | undefined =>
  Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;

/**
 * What a change of the key needs. A key that the catalogue does not know counts as restart, the
 * safe side.
 */
export function effectOf(key: string): Effect {
  return findKey(key)?.effect ?? 'restart';
}
