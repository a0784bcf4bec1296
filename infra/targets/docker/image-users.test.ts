import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UIDS } from '../../plan/components.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

test.each([
  ['app', 'app'],
  ['pgbouncer', 'pgbouncer'],
  ['postgres', 'infra/images/postgres'],
  ['redis', 'infra/images/redis'],
] as const)('%s runs as the user of our image, to whom its folders belong', (component, folder) => {
  const named = [
    ...readFileSync(join(ROOT, folder, 'Dockerfile'), 'utf8').matchAll(/^USER (\S+)$/gm),
  ].map(([, user]) => user);
  const uid = UIDS.docker[component];
  expect(named.at(-1)).toBe(`${uid}:${uid}`);
});
