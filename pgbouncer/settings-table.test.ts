import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { devDocker, tuned } from './testing/examples.ts';
import { renderSettingsList } from './settings-table.ts';

const readme = join(import.meta.dirname, 'README.md');
const [open, close] = [
  '<!-- settings: written by `npm run golden` -->',
  '<!-- end of settings -->',
];

test('the README lists each key that we set, with the value, reason and effect', () => {
  const list = `${open}\n\n${renderSettingsList(devDocker)}\n\n${close}`;
  const before = readFileSync(readme, 'utf8');
  const shown = before.slice(before.indexOf(open), before.indexOf(close) + close.length);
  if (process.env['GOLDEN'] === 'write')
    writeFileSync(
      readme,
      before.replace(shown, () => list),
    );
  else expect(shown).toBe(list);
});

test('the list shows our own values, not those of a user', () => {
  expect(
    renderSettingsList({ ...devDocker, settings: tuned.settings, maxPreparedStatements: 0 }),
  ).toContain('- `log_connections`: `0`; a change reloads. Default: `1`.');
});
