import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { checkout } from '../../toolchain/places.mjs';
import { renderFigures } from './figure.ts';
import { renderMachine } from './machine.ts';
import type { Run } from './run-file.ts';

const PAGE = join(checkout, 'docs', 'benchmarks.md');
const START = '<!-- figures: written by npm run bench -- --write-docs -->';
const END = '<!-- end of figures -->';

/** Puts the figures of a run between the markers of docs/benchmarks.md, and gives its path. */
export async function writeBenchmarksPage(run: Run): Promise<string> {
  const text = replaceFigures(readFileSync(PAGE, 'utf8'), renderRun(run));
  const options = (await resolveConfig(PAGE)) ?? {};
  writeFileSync(PAGE, await format(text, { ...options, parser: 'markdown' }));
  return PAGE;
}

/** @throws when a marker is missing. */
export function replaceFigures(page: string, figures: string): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start === -1 || end < start) throw new Error(`docs/benchmarks.md lacks ${START} or ${END}`);
  return `${page.slice(0, start)}${START}\n\n${figures}\n${page.slice(end)}`;
}

export function renderRun({ at, machine, versions, figures }: Run): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const head = `${renderMachine(machine)}; ${at.slice(0, 10)}. ${programs.join(', ')}.`;
  return `${head}\n\n${renderFigures(figures)}`;
}
