import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The text of a golden file, by its name in golden/ or its absolute path; with GOLDEN=write in the
 * environment (`npm run golden`) `text` replaces it first.
 */
export function goldenText(name: string, text: string): string {
  const path = resolve(import.meta.dirname, '..', 'golden', name);
  if (process.env['GOLDEN'] === 'write') writeFileSync(path, text);
  return readFileSync(path, 'utf8');
}
