import { hasControlCharacter } from '../../../pgbouncer/plain-text.ts';
import { nearestSpelling } from '../../../pgbouncer/spelling.ts';
import { POSTGRES_SOCKET_DIRECTORY } from '../../settings/standard-names.ts';
import { type Fault, showValue } from '../../settings/fault.ts';
import { planMemory } from './memory.ts';
import parameterTable from './parameters.json' with { type: 'json' };
import { allowedValues, type Parameter, parameterText } from './parameter-value.ts';

const PARAMETERS = parameterTable as Readonly<Record<string, Parameter>>;

export interface PostgresDemand {
  readonly maxConnections: number;
  readonly reservedConnections: number;
  readonly memoryMiB: number;
  /** Data that must survive: what would risk it is refused. */
  readonly protect: boolean;
  readonly slowQueryMs: number;
  /** How old an unarchived change may get; `off` without backups. */
  readonly archiveWithinSeconds: number | 'off';
  /** The user's own `postgresql.conf` keys. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** Keys that this stack decides, and what to use instead. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  max_connections: 'Use postgres.maxConnections, which is part of the connection budget.',
  reserved_connections: 'Use postgres.reservedConnections, which is part of the connection budget.',
  superuser_reserved_connections: 'It stays at 3; use postgres.reservedConnections for more.',
  listen_addresses: 'The stack decides where Postgres listens.',
  port: 'It stays at 5432, inside the private network.',
  unix_socket_directories: 'The pooler finds the socket there.',
  unix_socket_permissions: 'The pooler runs as another user than Postgres.',
  unix_socket_group: 'The pooler runs as another user than Postgres.',
  data_directory: 'The volume is mounted where the stack expects the data.',
  config_file: 'Give single keys here instead.',
  hba_file: "Who may log in and how (SCRAM only) is the stack's promise.",
  ident_file: "Who may log in and how (SCRAM only) is the stack's promise.",
  external_pid_file: 'The root file system is read-only.',
  password_encryption: 'Passwords are stored as SCRAM verifiers only.',
  ssl:
    'TLS on this hop needs certificates, which this version does not bring; the network is ' +
    'private.',
  huge_pages:
    'The container cannot count on huge pages of its machine; without them the server would not ' +
    'start.',
  logging_collector: "Logs go to the container's output, where `docker logs` finds them.",
  log_destination: "Logs go to the container's output, where `docker logs` finds them.",
  statement_timeout:
    "The app's role gets it, derived from app.requestTimeoutSeconds; on the whole server it " +
    'would cut migrations.',
  transaction_timeout:
    'Transactions end by app.requestTimeoutSeconds; on the whole server it would cut migrations.',
  idle_in_transaction_session_timeout:
    "The app's role gets it, derived from app.requestTimeoutSeconds.",
  lock_timeout: 'Set it per statement or per role; on the whole server it would cut migrations.',
};

/** Keys that the backups decide, as long as there are any. */
const ARCHIVING: readonly string[] = [
  'archive_mode',
  'archive_command',
  'archive_library',
  'archive_timeout',
  'archive_cleanup_command',
  'restore_command',
];

/** Values that risk rows which were acknowledged, or hide that they are damaged. */
const UNSAFE: Readonly<Record<string, readonly string[]>> = {
  fsync: ['off'],
  full_page_writes: ['off'],
  synchronous_commit: ['off'],
  zero_damaged_pages: ['on'],
  ignore_checksum_failure: ['on'],
  ignore_invalid_pages: ['on'],
};

/**
 * The server's parameters as texts: defaults < the user's < what the stack's promises force; sorted
 * by key. Keys, types and ranges are those of the server's own catalogue, `parameters.json`.
 */
export function planPostgresSettings(demand: PostgresDemand): {
  readonly settings: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
} {
  const faults: Fault[] = [];
  const chosen: Record<string, string> = {};
  for (const [key, value] of Object.entries(demand.settings)) {
    const result = checkParameter(key, value, demand);
    if (typeof result === 'string') chosen[key] = result;
    else faults.push(result);
  }
  const memory = planMemory({ ...demand, settings: chosen });
  const settings = {
    ...defaults(demand),
    ...memory.settings,
    ...chosen,
    ...forced(demand, chosen),
  };
  return {
    settings: Object.fromEntries(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))),
    faults: faults.length > 0 ? faults : memory.faults,
  };
}

const defaults = (demand: PostgresDemand): Record<string, string> => ({
  log_min_duration_statement: `${demand.slowQueryMs}ms`,
  log_checkpoints: 'on',
  log_lock_waits: 'on',
  // A waiting session is told apart from a deadlock after this, and logged by log_lock_waits.
  deadlock_timeout: '1s',
  'pg_stat_statements.track': 'top',
  track_io_timing: 'on',
});

function forced(
  demand: PostgresDemand,
  chosen: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    max_connections: String(demand.maxConnections),
    reserved_connections: String(demand.reservedConnections),
    listen_addresses: '*',
    password_encryption: 'scram-sha-256',
    shared_preload_libraries: withStatStatements(chosen['shared_preload_libraries']),
    unix_socket_directories: POSTGRES_SOCKET_DIRECTORY,
    ...(demand.archiveWithinSeconds === 'off' ? {} : archiving(demand.archiveWithinSeconds)),
  };
}

const archiving = (withinSeconds: number): Record<string, string> => ({
  archive_mode: 'on',
  archive_command: 'pgbackrest archive-push "%p"',
  archive_timeout: `${withinSeconds}s`,
});

/**
 * Slow queries are read from pg_stat_statements, so the user's libraries come beside it, never
 * instead.
 */
function withStatStatements(libraries: string | undefined): string {
  const names = (libraries ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'pg_stat_statements');
  return ['pg_stat_statements', ...names].join(',');
}

function checkParameter(
  key: string,
  value: string | number | boolean,
  { protect, archiveWithinSeconds }: PostgresDemand,
): string | Fault {
  const path = `postgres.settings.${key}`;
  const forbidden = ownValue(FORBIDDEN, key);
  if (forbidden !== undefined)
    return {
      key: path,
      got: showValue(value),
      allowed: 'nothing: the stack sets it',
      remedy: forbidden,
    };
  if (archiveWithinSeconds !== 'off' && ARCHIVING.includes(key)) {
    return {
      key: path,
      got: showValue(value),
      allowed: 'nothing while backup.enabled is true',
      remedy:
        'Leave it out: the backups need the archive. Its delay is backup.recoveryPointSeconds.',
    };
  }
  const parameter = ownValue(PARAMETERS, key);
  if (parameter === undefined) {
    const nearest = nearestSpelling(key, Object.keys(PARAMETERS));
    return {
      key: path,
      got: `an unknown key with the value ${showValue(value)}`,
      allowed: 'a parameter of PostgreSQL 17 or of pg_stat_statements',
      remedy: nearest === undefined ? 'Remove it.' : `Did you mean ${nearest}?`,
    };
  }
  const text = parameterText(parameter, value);
  if (text === undefined) {
    return {
      key: path,
      got: showValue(value),
      allowed: allowedValues(parameter),
      remedy: remedyFor(value),
    };
  }
  if (archiveWithinSeconds !== 'off' && key === 'wal_level' && text === 'minimal') {
    return {
      key: path,
      got: text,
      allowed: 'replica or logical while backup.enabled is true',
      remedy: 'Remove it: a minimal write-ahead log cannot be archived.',
    };
  }
  if (protect && ownValue(UNSAFE, key)?.includes(text) === true) {
    return {
      key: path,
      got: text,
      allowed: `anything but ${text} while postgres.protect is true`,
      remedy: 'Remove it: rows that were acknowledged could be lost, or damage could go unseen.',
    };
  }
  return text;
}

/** Keys come from a file: `toString` is no parameter. */
const ownValue = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

function remedyFor(value: string | number | boolean): string {
  if (typeof value === 'string' && hasControlCharacter(value))
    return 'Put the value on one line, without tabs or other control characters.';
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
    return `Remove the quotes: ${value}.`;
  return 'Set a value in that range, or remove the key to get the default.';
}
