import { renderConnectionString } from './connection-string.ts';
import { MIN_QUERY_WAIT_TIMEOUT_SECONDS, planDefaults } from './defaults.ts';
import { renderFault } from './fault.ts';
import { peerId, planForced } from './forced.ts';
import type { Ini } from './ini.ts';
import type { PgbouncerInput } from './input.ts';
import { describeKind, formatValue } from './key-kinds.ts';
import type { SettingValue } from './key-kinds.ts';
import { findKey } from './keys.ts';
import { mergeLayers } from './layers.ts';
import { showValue } from './plain-text.ts';
import { checkPoolerSettings } from './pooler-settings.ts';

/** The file as data: real section and key names, values as text. */
export interface PgbouncerConfig extends Ini {
  readonly databases: Readonly<Record<string, string>>;
  readonly pgbouncer: Readonly<Record<string, string>>;
}

/**
 * Plans the file. Throws when the input does not fit: check the user's part with
 * `checkPoolerSettings` first.
 */
export function planPgbouncerConfig(input: PgbouncerInput): PgbouncerConfig {
  if (!(input.queryWaitTimeoutSeconds >= MIN_QUERY_WAIT_TIMEOUT_SECONDS)) {
    throw new Error(
      `query_wait_timeout: got ${input.queryWaitTimeoutSeconds} s, ` +
        `allowed: ${MIN_QUERY_WAIT_TIMEOUT_SECONDS} s or more, ` +
        'so that one failed attempt to reach Postgres ends before it',
    );
  }
  const faults = checkPoolerSettings(input.settings, input);
  if (faults.length > 0) throw new Error(faults.map(renderFault).join('\n'));
  const values = mergeLayers(planDefaults(input), input.settings, planForced(input));
  return {
    databases: planDatabases(input.database),
    ...(input.peers === 'off' ? {} : { peers: planPeers(input.peers, input.listen.port) }),
    pgbouncer: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, format(key, value)]),
    ),
  };
}

function planDatabases(database: PgbouncerInput['database']): Readonly<Record<string, string>> {
  if (!/^[A-Za-z0-9_.-]+$/.test(database.name) || database.name === 'pgbouncer') {
    throw new Error(
      `database name ${showValue(database.name)}: PgBouncer allows letters, digits, "_", "." and ` +
        '"-", and keeps "pgbouncer" for its console',
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

/** A line for each process by its `peer_id`, this one included: the section is the same in all. */
const planPeers = (
  { socketDirectories }: Exclude<PgbouncerInput['peers'], 'off'>,
  port: number,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    socketDirectories.map((host, index) => [
      String(peerId(index)),
      renderConnectionString({ host, port }),
    ]),
  );

function format(key: string, value: SettingValue): string {
  const kind = findKey(key)?.kind;
  const text = kind === undefined ? undefined : formatValue(kind, value);
  if (text !== undefined) return text;
  const allowed = kind === undefined ? 'a key that the catalogue knows' : describeKind(kind);
  throw new Error(`${key}: got ${showValue(value)}, allowed: ${allowed}`);
}
