import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };

/** The npm scripts that run a command, by their names. */
const scripts = Object.entries(manifest.scripts).filter(([, line]) =>
  line.startsWith('node tools/run.mjs '),
);

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'run.mjs'), ...args], {
    encoding: 'utf8',
  });

test('--help lists the npm scripts with what they do, on stdout', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  const listed = [...stdout.matchAll(/^ {2}(\S+) +\S/gm)].map(([, script]) => script);
  expect(listed).toEqual(scripts.map(([script]) => script));
  expect(stdout).toMatch(/^ {2}tools +Only the set-up part of `up`/m);
});

const commandsFolder = join(import.meta.dirname, 'commands');
const commands = readdirSync(commandsFolder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

test('every command is an npm script', () => {
  expect(scripts.map(([, line]) => line.replace(/^.* /, '')).sort()).toEqual(commands);
});

/** Runs all commands in one process, where each stops at its usage: their imports are costly. */
const SHOW_ALL = `
const usages = {};
const write = process.stdout.write.bind(process.stdout);
let printed = '';
process.stdout.write = (text) => ((printed += text), true);
for (const file of process.argv.slice(1)) {
  printed = '';
  process.argv = [process.argv[0], file, '--help'];
  await import(file);
  usages[file] = { code: process.exitCode, printed };
}
write(JSON.stringify(usages));
`;

test('every command prints its usage on --help, except pulumi, which passes everything on', () => {
  const files = commands
    .filter((command) => command !== 'pulumi')
    .map((command) => join(commandsFolder, `${command}.ts`));
  const { stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', SHOW_ALL, ...files],
    { encoding: 'utf8' },
  );
  const usages = JSON.parse(stdout) as Readonly<
    Record<string, { readonly code: number; readonly printed: string }>
  >;
  for (const file of files)
    expect({ file, ...usages[file] }).toEqual({
      file,
      code: 0,
      printed: expect.stringMatching(/^Usage: npm (?:run \S+|test)[^]*\n\n[^]+\n$/),
    });
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
