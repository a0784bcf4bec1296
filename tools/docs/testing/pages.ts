import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkout } from '../../../toolchain/places.mjs';

/** A page of documentation; its path is relative to the checkout. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Folders without pages of ours; what is generated holds none either. */
const WITHOUT_PAGES = ['node_modules', 'golden', 'dist', 'generated'];

/** Every Markdown file of this repository that people read, in the order of the paths. */
export function readPages(folder: string = checkout): readonly Page[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') || name === '.github')
    .filter(({ name }) => !WITHOUT_PAGES.includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return readPages(path);
      if (!entry.name.endsWith('.md')) return [];
      return [{ path: relative(checkout, path), text: readFileSync(path, 'utf8') }];
    });
}

/** What stands between fences of these languages; '' is a fence without one. */
export function codeBlocks(text: string, languages: readonly string[]): readonly string[] {
  return [...text.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, language = '']) => languages.includes(language))
    .map(([, , body = '']) => body);
}

/** The page without its fenced blocks. */
export const proseOf = (text: string): string => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');

/** Each piece of inline code, on one line. */
export const inlineCode = (text: string): readonly string[] =>
  [...proseOf(text).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll(/\s+/g, ' '));

/** GitHub's name of a heading in an address. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

export const anchorsOf = (text: string): readonly string[] =>
  [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
