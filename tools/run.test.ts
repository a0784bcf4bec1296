import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'run.mjs'), ...args], {
    encoding: 'utf8',
  });

test('--help lists the commands with what they do, on stdout', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ {2}tools +Only the set-up part of `up`/m);
});

test.each([['upp'], ['../run'], ['']])(
  'the unknown command "%s" is a wrong call: exit code 2, its name and the list on stderr',
  (name) => {
    const { status, stdout, stderr } = run(name);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(`Unknown command "${name}"`);
    expect(stderr).toMatch(/^ {2}tools /m);
  },
);
