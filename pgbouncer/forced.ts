import type { PgbouncerInput } from './input.ts';
import type { Layer, LayerEntry } from './layers.ts';

/** The highest layer: values that no one overrides, because the plan counts on them. */
export function planForced(input: Omit<PgbouncerInput, 'settings' | 'database'>): Layer {
  return {
    ...planListening(input),
    ...planPeerId(input),
    ...planLogin(input),
    ...planServerTls(input),
    ...planSizes(input),
    ...planPromises(input),
  };
}

function planListening({ listen }: Pick<PgbouncerInput, 'listen'>): Layer {
  const why = 'follows from pooler.placement; a sidecar has no TCP surface at all';
  return {
    listen_addr: { value: listen.address === 'off' ? '' : listen.address, why },
    listen_port: {
      value: listen.port,
      why: "every URL of the environment names it; it is part of the socket's file name as well",
    },
    unix_socket_dir: {
      value: listen.socketDirectory,
      why: 'the volume that app and PgBouncer share',
    },
  };
}

/** Returns the `peer_id` of the process at this place: 0 would be none. */
export const peerId = (index: number): number => index + 1;

function planPeerId({ peers }: Pick<PgbouncerInput, 'peers'>): Layer {
  if (peers === 'off') return {};
  return {
    peer_id: {
      value: peerId(peers.own),
      why:
        'is part of the key that cancels a query, so that a cancel request that reaches another ' +
        'process is passed on to this one',
    },
  };
}

function planLogin(input: Pick<PgbouncerInput, 'authFile' | 'adminUsers' | 'statsUsers'>): Layer {
  return {
    auth_type: {
      value: 'scram-sha-256',
      why: 'never a password in clear or md5; the stock md5 would accept both',
    },
    auth_file: {
      value: input.authFile,
      why:
        'holds the verifiers that Postgres has too, so PgBouncer passes logins through and ' +
        'knows no password',
    },
    admin_users: {
      value: joinNames(input.adminUsers),
      why: 'who may change things on the console',
    },
    stats_users: {
      value: joinNames(input.statsUsers),
      why: 'monitoring reads the console and can change nothing',
    },
  };
}

function planServerTls({ serverTls }: Pick<PgbouncerInput, 'serverTls'>): Layer {
  if (serverTls === 'off') return {};
  return {
    server_tls_sslmode: {
      value: 'verify-full',
      why:
        'the server is outside the private network: it must prove who it is, and nobody on ' +
        'the way may read or change rows',
    },
    server_tls_ca_file: {
      value: serverTls.caFile,
      why:
        'who may have signed the certificate of the server; other content has another name, ' +
        'so that a change is a reload like any other',
    },
  };
}

function planSizes(input: PgbouncerSizes): Layer {
  return {
    default_pool_size: fromField('poolSize', input.poolSize, 'a term of the connection budget'),
    min_pool_size: fromField(
      'minPoolSize',
      input.minPoolSize,
      'a burst after a quiet time finds open connections',
    ),
    reserve_pool_size: fromField(
      'reservePoolSize',
      input.reservePoolSize,
      'a term of the connection budget; opened when clients waited for reserve_pool_timeout',
    ),
    max_client_conn: fromField(
      'maxClientConn',
      input.maxClientConn,
      'a limit of the connection budget',
    ),
    max_db_connections: {
      value: input.maxDbConnections,
      why:
        'pool and reserve as a hard cap: a second user of the database would otherwise get a ' +
        'pool of the same size',
      field: 'pooler.poolSize and pooler.reservePoolSize',
    },
    query_wait_timeout: fromField(
      'queryWaitTimeoutSeconds',
      input.queryWaitTimeoutSeconds,
      'must end before the HTTP request does: with 120 s the caller is long gone while its query ' +
        'still waits for a server connection',
    ),
    idle_transaction_timeout: {
      value: input.idleTransactionTimeoutSeconds,
      why:
        'an abandoned transaction holds a server connection and its locks for ever; sits ' +
        'above the transaction timeout of the app',
    },
  };
}

type PgbouncerSizes = Pick<
  PgbouncerInput,
  | 'poolSize'
  | 'minPoolSize'
  | 'reservePoolSize'
  | 'maxClientConn'
  | 'maxDbConnections'
  | 'queryWaitTimeoutSeconds'
  | 'idleTransactionTimeoutSeconds'
>;

function planPromises(
  input: Pick<PgbouncerInput, 'maxPreparedStatements' | 'poolsSessions'>,
): Layer {
  return {
    ignore_startup_parameters: {
      value: 'extra_float_digits',
      why:
        'older JDBC drivers and sqlx ask for it, and any value above 0 prints what Postgres ' +
        'prints anyway; every other parameter that is ignored would be a promise not kept',
    },
    max_prepared_statements: {
      value: input.maxPreparedStatements,
      why:
        'the app names at most as many statements as this keeps; with 0 most named calls ' +
        'fail, so the app then names none',
      field: 'pooler.settings.max_prepared_statements',
    },
    ...planPoolMode(input),
  };
}

function planPoolMode({
  maxPreparedStatements,
  poolsSessions = false,
}: Pick<PgbouncerInput, 'maxPreparedStatements' | 'poolsSessions'>): Layer {
  if (poolsSessions)
    return {
      pool_mode: {
        value: 'session',
        why:
          'the driver is not known, and some prepare a statement in one transaction and use it ' +
          'in the next, where another client may have put its own in between',
      },
    };
  return maxPreparedStatements > 0
    ? {
        pool_mode: {
          value: 'transaction',
          why: 'named statements are followed in transaction mode only',
        },
      }
    : {};
}

function fromField(field: string, value: number, why: string): LayerEntry {
  return { value, why, field: `pooler.${field}` };
}

function joinNames(names: readonly string[]): string {
  const odd = names.find((name) => !/^[\w.-]+$/.test(name));
  if (odd !== undefined)
    throw new Error(
      `console user ${JSON.stringify(odd)}: letters, digits, "_", "." and "-" only, since ` +
        'PgBouncer splits the list at commas',
    );
  return names.join(',');
}
