import type { PgbouncerInput } from './input.ts';
import { planPgbouncerConfig } from './config.ts';
import { planDefaults } from './defaults.ts';
import { planForced } from './forced.ts';
import { effectOf, keys } from './keys.ts';

/** What the specification of the pooled set-up asks for; a key that it leaves open is not here. */
const specValues: Readonly<Record<string, string>> = {
  pool_mode: 'transaction',
  default_pool_size: '25',
  min_pool_size: '5',
  reserve_pool_size: '5',
  max_client_conn: '100',
  max_db_connections: '50',
  server_lifetime: '3600',
  server_idle_timeout: '600',
  server_connect_timeout: '15',
  query_wait_timeout: '120',
  server_reset_query: 'DISCARD ALL',
  listen_port: '6432',
};

/** Renders the Markdown table of every key that we set, for the README. `input` decides the column "ours". */
export function renderSettingsTable(input: PgbouncerInput): string {
  const values = planPgbouncerConfig({ ...input, settings: {} }).pgbouncer;
  const layers = { ...planDefaults(input), ...planForced(input) };
  const rows = Object.keys(values)
    .sort()
    .map((key) => {
      const entry = layers[key]!;
      const ours =
        entry.field === undefined ? code(values[key]) : `${code(values[key])}, ${entry.field}`;
      return [
        code(key),
        code(specValues[key]),
        code(keys[key]!.stock),
        ours,
        entry.why,
        effectOf(key),
      ];
    });
  const header = [
    'key',
    "the spec's value",
    "PgBouncer's default",
    'ours',
    'why',
    'a change needs',
  ];
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function code(text: string | undefined): string {
  if (text === undefined) return '-';
  return text === '' ? 'empty' : `\`${text}\``;
}
