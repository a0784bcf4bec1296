import { expect, test } from '@jest/globals';
import { devDocker, tuned } from './testing/examples.ts';
import { goldenText } from './testing/golden.ts';
import { renderSettingsTable } from './settings-table.ts';

const INTRODUCTION = `# What we set in pgbouncer.ini

The values are those of the dev environment. A key that is not here keeps PgBouncer's own
default, and most of those can be set in \`pooler.settings\`. With an
[external Postgres](../../docs/external-postgres.md) \`server_tls_sslmode = verify-full\` and
\`server_tls_ca_file\` are set as well.

This file is written by \`npm run golden\`.
`;

test('settings.md has every key that we set, with value, reason and effect', () => {
  const page = `${INTRODUCTION}\n${renderSettingsTable(devDocker)}`;
  expect(page).toBe(goldenText('settings.md', page));
});

test('the table shows our own values, not those of a user', () => {
  expect(
    renderSettingsTable({ ...devDocker, settings: tuned.settings, maxPreparedStatements: 0 }),
  ).toContain('| `log_connections` | - | `1` | `0` |');
});
