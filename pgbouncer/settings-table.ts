import type { PgbouncerInput } from './config.ts';
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

/** The list of every key that we set, for the README. `input` decides which values are shown. */
export function renderSettingsList(input: PgbouncerInput): string {
  const values = planPgbouncerConfig({ ...input, settings: {} }).pgbouncer;
  const layers = { ...planDefaults(input), ...planForced(input) };
  return Object.keys(values)
    .sort()
    .map((key) => {
      const entry = layers[key]!;
      const from = entry.field === undefined ? '' : `, from ${codes(entry.field)}`;
      const spec = key in specValues ? ` Spec: ${code(specValues[key])}.` : '';
      const effect = effectOf(key) === 'reload' ? 'a change reloads' : 'a change restarts';
      const stock = `Default: ${code(keys[key]!.stock)}.`;
      const ours = `${code(values[key])}${from}; ${effect}.`;
      return wrap(`- ${code(key)}: ${ours} ${stock}${spec} ${sentence(entry.why)}`);
    })
    .join('\n');
}

const COLUMNS = 100;

/** Lines of a list entry as the formatter breaks them; inline code stays whole. */
function wrap(entry: string): string {
  const words = entry.match(/(?:`[^`]*`|[^\s`])+/g) ?? [];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (longer.length <= COLUMNS) lines.splice(-1, 1, longer);
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}

/** A sentence of its own; the name of a key keeps its spelling. */
function sentence(text: string): string {
  const [first = ''] = text.split(' ');
  return first.includes('_') ? `${text}.` : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** One setting, or two with `and` between them. */
const codes = (settings: string): string => settings.split(' and ').map(code).join(' and ');

function code(text: string | undefined): string {
  return text === undefined || text === '' ? 'empty' : `\`${text}\``;
}
