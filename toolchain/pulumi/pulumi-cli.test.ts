import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath } from './pulumi-cli.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pulumi-'))));
afterEach(() => void rmSync(folder, { recursive: true }));

const program = (name: string, prints: string): void =>
  writeFileSync(join(folder, name), `#!/bin/sh\necho ${prints}\n`, { mode: 0o755 });
const find = () => findOnPath({ PATH: folder });

test("the user's pulumi is used when its version fits and its host lies beside it", async () => {
  program('pulumi', 'v3.999.0');
  program('pulumi-language-nodejs', '');
  expect(await find()).toEqual({
    command: join(folder, 'pulumi'),
    version: '3.999.0',
    origin: 'found on PATH',
    outcome: 'ready',
  });
});

test('it is passed over when it is too old, has no language host, or does not run', async () => {
  program('pulumi', 'v3.999.0');
  expect(await find()).toBeUndefined();
  program('pulumi-language-nodejs', '');
  program('pulumi', 'v3.1.0');
  expect(await find()).toBeUndefined();
  writeFileSync(join(folder, 'pulumi'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect(await find()).toBeUndefined();
});
