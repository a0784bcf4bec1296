import { renderConnectionString } from './connection-string.ts';
import { minQueryWaitTimeoutSeconds, planDefaults } from './defaults.ts';
import { planForced } from './forced.ts';
import type { Ini } from './ini.ts';
import { describeKind, formatValue } from './key-kinds.ts';
import type { SettingValue } from './key-kinds.ts';
import { keys } from './keys.ts';
import { mergeLayers } from './layers.ts';
import { checkPoolerSettings } from './pooler-settings.ts';

/** All that decides a pgbouncer.ini. Ports are TCP numbers, times are seconds, the rest counts connections. */
export interface PgbouncerInput {
  /** The one line of [databases]; `host` may be a socket directory, `nameThere` is what the server calls it. It names no user: SCRAM pass-through needs the client's. */
  readonly database: {
    readonly name: string;
    readonly host: string;
    readonly port: number;
    readonly nameThere?: string;
  };
  /** How the server proves who it is; `off` on a socket or a private network. */
  readonly serverTls: { readonly caFile: string } | 'off';
  /** `address` is a list of addresses, `*`, or `off` for no TCP at all. */
  readonly listen: {
    readonly socketDirectory: string;
    readonly address: string;
    readonly port: number;
  };
  readonly authFile: string;
  readonly adminUsers: readonly string[];
  readonly statsUsers: readonly string[];
  readonly poolSize: number;
  readonly minPoolSize: number;
  readonly reservePoolSize: number;
  readonly maxClientConn: number;
  readonly maxDbConnections: number;
  readonly queryWaitTimeoutSeconds: number;
  readonly idleTransactionTimeoutSeconds: number;
  /** Named statements that PgBouncer keeps for each server connection; 0 means that the app must not name any. */
  readonly maxPreparedStatements: number;
  /** The user's `pooler.settings`. */
  readonly settings: Readonly<Record<string, SettingValue>>;
}

/** The file as data: real section and key names, values as text. */
export interface PgbouncerConfig extends Ini {
  readonly databases: Readonly<Record<string, string>>;
  readonly pgbouncer: Readonly<Record<string, string>>;
}

/** Plans the file. Throws when the input does not fit: check the user's part with `checkPoolerSettings` first. */
export function planPgbouncerConfig(input: PgbouncerInput): PgbouncerConfig {
  if (!(input.queryWaitTimeoutSeconds >= minQueryWaitTimeoutSeconds)) {
    throw new Error(
      `query_wait_timeout: got ${input.queryWaitTimeoutSeconds} s, allowed: ${minQueryWaitTimeoutSeconds} s or more, so that one failed attempt to reach Postgres ends before it`,
    );
  }
  const faults = checkPoolerSettings(input.settings, input);
  if (faults.length > 0)
    throw new Error(
      faults
        .map(
          (fault) => `${fault.key}: got ${fault.got}, allowed: ${fault.allowed}. ${fault.remedy}`,
        )
        .join('\n'),
    );
  const values = mergeLayers(planDefaults(input), input.settings, planForced(input));
  return {
    databases: planDatabases(input.database),
    pgbouncer: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, format(key, value)]),
    ),
  };
}

function planDatabases(database: PgbouncerInput['database']): Readonly<Record<string, string>> {
  if (!/^[A-Za-z0-9_.-]+$/.test(database.name) || database.name === 'pgbouncer') {
    throw new Error(
      `database name ${JSON.stringify(database.name)}: PgBouncer allows letters, digits, "_", "." and "-", and keeps "pgbouncer" for its console`,
    );
  }
  const isRenamed = database.nameThere !== undefined && database.nameThere !== database.name;
  return {
    [database.name]: renderConnectionString({
      host: database.host,
      port: database.port,
      ...(isRenamed ? { dbname: database.nameThere } : {}),
    }),
  };
}

function format(key: string, value: SettingValue): string {
  const kind = keys[key]!.kind;
  const text = formatValue(kind, value);
  if (text === undefined)
    throw new Error(`${key}: got ${JSON.stringify(value)}, allowed: ${describeKind(kind)}`);
  return text;
}
