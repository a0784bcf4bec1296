import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkout } from '../../toolchain/places.mjs';
import {
  anchorsOf,
  codeBlocks,
  inlineCode,
  type Page,
  proseOf,
  readPages,
} from './testing/pages.ts';

const pages = readPages();
const named = pages.map((page) => [page.path, page] as const);
const inCheckout = (path: string): boolean => existsSync(join(checkout, path));

test('the pages are found, those of folders too', () => {
  expect(pages.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['README.md', 'docs/settings.md', 'pgbouncer/README.md']),
  );
});

/** Relative links with what is wrong with them. */
function deadLinks({ path, text }: Page): readonly string[] {
  const links = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)];
  return links
    .map(([, link = '', attribute = '']) => (link === '' ? attribute : link))
    .filter((link) => !/^(https?|mailto):/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      if (!inCheckout(target)) return true;
      if (anchor === undefined) return false;
      const page = pages.find((other) => other.path === target);
      return page === undefined || !anchorsOf(page.text).includes(anchor);
    });
}

test.each(named)('%s links to files and headings that exist', (_path, page) => {
  expect(deadLinks(page)).toEqual([]);
});

const TOP_FOLDERS = readdirSync(checkout, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => !['node_modules', '.git', '.tools', '.pulumi-local'].includes(name));

/** Made by a command; a fresh checkout does not have it. */
const MADE_LATER = [/^app\/(dist|src\/generated)\//, /^bench\/results\//];

/** Paths of the repository in inline code; one with a placeholder is looked at up to there. */
function deadPaths({ text }: Page): readonly string[] {
  return inlineCode(text)
    .filter((code) => TOP_FOLDERS.some((folder) => code.startsWith(`${folder}/`)))
    .filter((code) => /^[\w./@<>*{},-]+$/.test(code))
    .filter((code) => !MADE_LATER.some((later) => later.test(code)))
    .filter((code) => !inCheckout(code.replace(/[^/]*[<*{].*$/, '')));
}

test.each(named)('%s names paths of the repository that exist', (_path, page) => {
  expect(deadPaths(page)).toEqual([]);
});

test('a wrong path, a dead link and a dead heading are found', () => {
  const text = 'See `infra/nothing.ts`, `infra/plan/`, [a](b.md), [c](paths.md#d) and [e](#f).';
  const page = { path: 'docs/paths.md', text };
  expect(deadPaths(page)).toEqual(['infra/nothing.ts']);
  expect(deadLinks(page)).toEqual(['b.md', 'paths.md#d', '#f']);
});

test('the index of docs/ links every page of the folder', () => {
  const index = pages.find(({ path }) => path === 'docs/README.md')?.text ?? '';
  const missing = pages
    .map(({ path }) => path)
    .filter((path) => path.startsWith('docs/') && path !== 'docs/README.md')
    .filter((path) => !index.includes(`](${path.slice('docs/'.length)})`));
  expect(missing).toEqual([]);
});

test('every file that a shell block reads from the repository exists', () => {
  const files = pages.flatMap(({ path, text }) =>
    codeBlocks(text, ['sh', 'console']).flatMap((block) =>
      [
        ...block
          .replaceAll(/npm run test:file -- \S+/g, '')
          .matchAll(/(?<![\w/.-])(?:docs|examples|infra|tools|node_modules)\/[\w./-]+/g),
      ].map(([file]) => `${path}: ${file}`),
    ),
  );
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((file) => !inCheckout(file.split(': ')[1] ?? ''))).toEqual([]);
});
