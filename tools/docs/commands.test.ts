import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import manifest from '../../package.json' with { type: 'json' };
import { checkout } from '../../toolchain/places.mjs';
import { codeBlocks, inlineCode, readPages } from './testing/pages.ts';

const pages = readPages();
const scripts = Object.keys(manifest.scripts);
const page = pages.find(({ path }) => path === 'docs/commands.md')?.text ?? '';
const headings = [...page.matchAll(/^### `(.+)`$/gm)].map(([, heading = '']) => heading);

/** The script of `npm run NAME` or `npm test`, whatever options npm itself gets before. */
function scriptsIn(text: string): readonly string[] {
  const runs = [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g)];
  return [...runs.map(([, name = '']) => name), ...(/\bnpm test\b/.test(text) ? ['test'] : [])];
}

test.each(pages.map(({ path, text }) => [path, text] as const))(
  '%s calls only scripts of package.json',
  (_path, text) => {
    const called = [...inlineCode(text), ...codeBlocks(text, ['sh', 'console', 'yaml', ''])];
    expect(called.flatMap(scriptsIn).filter((name) => !scripts.includes(name))).toEqual([]);
  },
);

test('docs/commands.md has a section for each script of package.json, and no other', () => {
  expect(headings.flatMap(scriptsIn).sort()).toEqual([...scripts].sort());
});

test('each section has the synopsis that --help prints', () => {
  const folder = join(checkout, 'tools', 'commands');
  const synopses = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const source = readFileSync(join(folder, file), 'utf8');
      const [, , synopsis] = /(synopsis:\s*'|Usage: )(npm [^'\\`]+)/.exec(source) ?? [];
      return synopsis === undefined ? [] : [synopsis];
    });
  expect(synopses.length).toBeGreaterThan(12);
  expect(synopses.filter((synopsis) => !headings.includes(synopsis))).toEqual([]);
});
