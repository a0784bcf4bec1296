/**
 * Keys that no one sets, with the way out for a user who tries. Grouped by the promise that they
 * would break.
 */
const GROUPS: readonly { readonly remedy: string; readonly keys: readonly string[] }[] = [
  {
    remedy:
      'The placement of the pooler decides where it listens; choose pooler.placement or ' +
      'pooler.publishPort.',
    keys: [
      'listen_addr',
      'listen_port',
      'unix_socket_dir',
      'unix_socket_mode',
      'unix_socket_group',
    ],
  },
  {
    remedy: 'Several processes share the load by a plan of their own; set pooler.processes.',
    keys: ['so_reuseport', 'peer_id'],
  },
  {
    remedy: 'Logins are SCRAM against the generated userlist.txt only; remove it.',
    keys: [
      ...[
        'auth_type',
        'auth_file',
        'auth_user',
        'auth_query',
        'auth_dbname',
        'auth_hba_file',
        'auth_ident_file',
        'auth_ldap_options',
      ],
      ...['admin_users', 'stats_users'],
    ],
  },
  {
    remedy:
      'A client would believe in a limit that is not set. Remove it, and set the parameter for ' +
      'the role: ALTER ROLE ... SET.',
    keys: ['ignore_startup_parameters'],
  },
  {
    remedy:
      'PgBouncer is the one process of its container and logs to stderr, where the engine ' +
      'collects and rotates it; remove it.',
    keys: [
      'logfile',
      'syslog',
      'syslog_ident',
      'syslog_facility',
      'pidfile',
      'user',
      'job_name',
      'conffile',
    ],
  },
  {
    remedy: 'The container has no such file, and PgBouncer would not start; remove it.',
    keys: [
      ...[
        'client_tls_sslmode',
        'client_tls_key_file',
        'client_tls_cert_file',
        'client_tls_ca_file',
        'client_tls_protocols',
      ],
      ...[
        'client_tls_ciphers',
        'client_tls13_ciphers',
        'client_tls_dheparams',
        'client_tls_ecdhcurve',
      ],
      'resolv_conf',
    ],
  },
  {
    remedy:
      'The stack sets TLS for an external Postgres (postgres.external); its own is on a Unix ' +
      'socket or the private network. Remove it.',
    keys: [
      ...[
        'server_tls_sslmode',
        'server_tls_ca_file',
        'server_tls_key_file',
        'server_tls_cert_file',
      ],
      ...['server_tls_protocols', 'server_tls_ciphers', 'server_tls13_ciphers'],
    ],
  },
  {
    remedy: 'The connection budget counts one limit for all; set pooler.maxClientConn.',
    keys: ['max_db_client_connections', 'max_user_client_connections'],
  },
  {
    remedy: 'The connection budget counts pooler.poolSize and pooler.reservePoolSize; set those.',
    keys: ['max_db_connections', 'max_user_connections'],
  },
  { remedy: 'Set pooler.poolSize.', keys: ['default_pool_size'] },
  { remedy: 'Set pooler.minPoolSize.', keys: ['min_pool_size'] },
  { remedy: 'Set pooler.reservePoolSize.', keys: ['reserve_pool_size'] },
  { remedy: 'Set pooler.maxClientConn.', keys: ['max_client_conn'] },
  { remedy: 'Set pooler.queryWaitTimeoutSeconds.', keys: ['query_wait_timeout'] },
  {
    remedy:
      'The timeouts are planned as one nested chain that starts from app.requestTimeoutSeconds; ' +
      'set that.',
    keys: [
      'query_timeout',
      'transaction_timeout',
      'idle_transaction_timeout',
      'client_idle_timeout',
    ],
  },
  {
    remedy: 'The console speaks the simple protocol, and so do the migrations; remove it.',
    keys: ['disable_pqexec'],
  },
];

/** Key -> what to do instead. */
export const REFUSALS: Readonly<Record<string, string>> = Object.fromEntries(
  GROUPS.flatMap((group) => group.keys.map((key) => [key, group.remedy])),
);
