import { planPgbouncerConfig } from './config.ts';
import { planDefaults } from './defaults.ts';
import { planForced } from './forced.ts';
import type { PgbouncerInput } from './input.ts';
import { effectOf, findKey } from './keys.ts';

/** What the specification of the pooled set-up asks for; a key that it leaves open is not here. */
const SPEC_VALUES: Readonly<Record<string, string>> = {
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

const HEADER = [
  'key',
  "the spec's value",
  "PgBouncer's default",
  'ours',
  'why',
  'a change needs',
] as const;

/** Renders the Markdown table of every key that we set. `input` decides the column "ours". */
export function renderSettingsTable(input: PgbouncerInput): string {
  const values = planPgbouncerConfig({ ...input, settings: {} }).pgbouncer;
  const layers = { ...planDefaults(input), ...planForced(input) };
  const rows = Object.entries(layers)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { field, why }]) => [
      code(key),
      code(SPEC_VALUES[key]),
      code(findKey(key)?.stock),
      field === undefined ? code(values[key]) : `${code(values[key])}, ${field}`,
      why,
      effectOf(key),
    ]);
  return [HEADER, HEADER.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

function code(text: string | undefined): string {
  if (text === undefined) return '-';
  return text === '' ? 'empty' : `\`${text}\``;
}
