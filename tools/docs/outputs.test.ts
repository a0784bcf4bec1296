import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeDeployed } from '../../infra/changes/deployed-plan.ts';
import { planEnvironment } from '../../infra/plan/plan.ts';
import { checkSettings } from '../../infra/settings/check-settings.ts';
import { checkout } from '../../toolchain/places.mjs';

const page = readFileSync(join(checkout, 'docs/outputs.md'), 'utf8');
const listed = page.slice(page.indexOf('<!-- outputs:'), page.indexOf('<!-- end of outputs -->'));

test('the page lists every output of infra/index.ts, and no other', () => {
  const program = readFileSync(join(checkout, 'infra/index.ts'), 'utf8');
  const [, exported = ''] = /^export const \{([^}]+)\} = await outputs\(\);$/m.exec(program) ?? [];
  const names = exported.split(',').flatMap((name) => name.match(/\w+/) ?? []);
  expect(names.length).toBeGreaterThan(10);
  expect([...listed.matchAll(/^- `(\w+)`: /gm)].map(([, name]) => name).sort()).toEqual(
    names.sort(),
  );
});

test('what the page calls empty is empty', () => {
  const deployed = (settings: object) =>
    describeDeployed(
      planEnvironment(
        checkSettings({ target: 'docker', credentialsVersion: 1, ...settings }, 'dev'),
      ),
    );
  expect(deployed({ pooler: { enabled: false } })).toMatchObject({
    pgbouncerIni: '',
    pgbouncerPort: 'off',
  });
  expect(deployed({ postgres: { external: { host: 'db.example' } } }).postgresSettings).toEqual({});
});
