import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { devDocker, tuned } from './testing/examples.ts';
import { renderSettingsTable } from './settings-table.ts';

const readme = join(import.meta.dirname, 'README.md');
const [open, close] = [
  '<!-- settings: written by `npm run golden` -->',
  '<!-- end of settings -->',
];

test('the table in the README has every key that we set, with the value, reason and effect of the code', () => {
  const table = `${open}\n${renderSettingsTable(devDocker)}\n${close}`;
  const before = readFileSync(readme, 'utf8');
  const shown = before.slice(before.indexOf(open), before.indexOf(close) + close.length);
  if (process.env['GOLDEN'] === 'write')
    writeFileSync(
      readme,
      before.replace(shown, () => table),
    );
  else expect(shown).toBe(table);
});

test('the table shows our own values, not those of a user', () => {
  expect(
    renderSettingsTable({ ...devDocker, settings: tuned.settings, maxPreparedStatements: 0 }),
  ).toContain('| `log_connections` | - | `1` | `0` |');
});
