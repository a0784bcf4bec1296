import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const migrate = (variables: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'migrate.ts')], {
    encoding: 'utf8',
    env: { ...variables, NODE_NO_WARNINGS: '1' },
  });

test.each([
  ['missing', {}],
  ['empty', { PREPARATION_FILE: '' }],
])(
  'with PREPARATION_FILE %s it does nothing, names the variable on stderr and exits 1',
  (_how, variables) => {
    const { status, stdout, stderr } = migrate(variables);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^The environment is not usable: 1 fault\(s\)\.\n {2}PREPARATION_FILE: got nothing; /,
    );
  },
);
