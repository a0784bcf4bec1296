import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A file of docs/monitoring. */
export const read = (file: string): string =>
  readFileSync(join(import.meta.dirname, '../docs/monitoring', file), 'utf8');
export const rulesText = read('alert-rules.yaml');
export const rules = (
  parse(rulesText) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert?: string; readonly expr: string }[];
    }[];
  }
).groups.flatMap((group) => group.rules);
export const panels = (
  JSON.parse(read('grafana-dashboard.json')) as {
    readonly panels: readonly {
      readonly title: string;
      readonly targets?: readonly { readonly expr: string }[];
    }[];
  }
).panels;

/** Fills in the variables of a panel, as Grafana would. */
export const fillIn = (expression: string): string =>
  expression
    .replaceAll('$job', 'spywatcher')
    .replaceAll('$instance', '.+')
    .replaceAll('$__rate_interval', '10s');
