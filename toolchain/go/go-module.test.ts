import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGoModule, buildKey, type GoBuild } from './go-module.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'go-module-'));
  mkdirSync(join(root, 'module', 'part'), { recursive: true });
  write('module/go.mod', 'module example\n\ngo 1.26.6\n');
  write('module/go.sum', 'sum 1\n');
  write('module/part/part.go', 'package part\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (file: string, text: string): void => writeFileSync(join(root, file), text);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/**
 * A `go` on a PATH of its own: writes down how it was called, then does what `behaviour` says;
 * `$out` is the file after -o.
 */
function fakeGo(behaviour: string, version = 'go version go1.26.8 linux/amd64'): GoBuild {
  mkdirSync(join(root, 'path'), { recursive: true });
  write(
    'path/go',
    `#!/bin/sh
if [ "$1" = version ]; then echo '${version}'; exit; fi
echo "$1 $GOFLAGS" >> '${root}/calls'
for argument; do [ "$previous" = -o ] && out="$argument"; previous="$argument"; done
${behaviour}
`,
  );
  chmodSync(join(root, 'path/go'), 0o755);
  return {
    module: join(root, 'module'),
    packagePath: '.',
    output: join(root, 'tools/bin/thing'),
    report: () => undefined,
    env: { PATH: `${join(root, 'path')}:/usr/bin:/bin` },
  };
}

test('a build puts the binary in place, and compiles nothing for the same files', async () => {
  const build = fakeGo('echo binary > "$out"');
  expect(await buildGoModule(build)).toBe(build.output);
  await buildGoModule(build);
  expect(readFileSync(build.output, 'utf8')).toBe('binary\n');
  expect(read('calls')).toBe('build -trimpath -buildvcs=false\n');
  expect(readdirSync(join(root, 'tools/bin')).sort()).toEqual(['thing', 'thing.key']);
});

test("the user's GOFLAGS stay", async () => {
  const build = fakeGo('echo binary > "$out"');
  await buildGoModule({ ...build, env: { ...build.env, GOFLAGS: '-p=1' } });
  expect(read('calls')).toBe('build -p=1 -trimpath -buildvcs=false\n');
});

test.each([
  ['another go.sum', () => write('module/go.sum', 'sum 2\n')],
  ['another file in a subfolder', () => write('module/part/part.go', 'package other\n')],
  ['a new file', () => write('module/more.go', 'package example\n')],
  ['no binary', () => rmSync(join(root, 'tools/bin/thing'))],
])('%s: it is built again', async (_, change) => {
  const build = fakeGo('echo binary > "$out"');
  await buildGoModule(build);
  change();
  await buildGoModule(build);
  expect(read('calls').match(/^build/gm)).toHaveLength(2);
  expect(existsSync(build.output)).toBe(true);
});

test('flags and values are part of the key; the generated file is not', () => {
  const build = { ...fakeGo(''), generated: 'schema.json' };
  const key = buildKey(build);
  write('module/schema.json', '{}');
  expect(buildKey(build)).toBe(key);
  expect(buildKey({ ...build, tags: ['x'] })).not.toBe(key);
  expect(buildKey({ ...build, values: { 'a.B': '1' } })).not.toBe(key);
});

test('a generated file is made before each build', async () => {
  const build = fakeGo(
    'if [ "$1" = generate ]; then echo generated > schema.json; else cp schema.json "$out"; fi',
  );
  await buildGoModule({ ...build, generated: 'schema.json' });
  expect(readFileSync(build.output, 'utf8')).toBe('generated\n');
});

test("a failing build keeps the old binary, out of date, with the compiler's words", async () => {
  await buildGoModule(fakeGo('echo old > "$out"'));
  write('module/more.go', 'package example\n');
  const failing = fakeGo(
    'echo half > "$out"; echo some/package; echo "more.go:1:1: expected declaration"; echo ' +
      'other/package; exit 1',
  );
  await expect(buildGoModule(failing)).rejects.toThrow(
    new Error(`\`go build\` in ${failing.module} ended with 1:\nmore.go:1:1: expected declaration`),
  );
  expect(readFileSync(failing.output, 'utf8')).toBe('old\n');
  const build = fakeGo('echo new > "$out"');
  await buildGoModule(build);
  expect(readFileSync(build.output, 'utf8')).toBe('new\n');
});

test('a build killed half-way leaves nothing under the name of the binary', async () => {
  const build = fakeGo('echo half > "$out"; kill -9 $$');
  await expect(buildGoModule(build)).rejects.toThrow('was ended before it was done');
  expect(existsSync(build.output)).toBe(false);
});

test('without go, and with one that is too old, the error says which one to install', async () => {
  const build = fakeGo('', 'go version go1.19.8 linux/amd64');
  await expect(buildGoModule(build)).rejects.toThrow(
    /Go 1\.26\.6 or newer; \S+ says: go version go1\.19\.8 linux\/amd64\. Install Go 1\.26\.6/,
  );
  await expect(buildGoModule({ ...build, env: { PATH: '/nowhere' } })).rejects.toThrow(
    /no `go` on PATH\. Install Go 1\.26\.6 or newer/,
  );
});
